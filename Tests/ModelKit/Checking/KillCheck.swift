internal import FaultKit
internal import Foundation

/// Kills a process that works on a store, and looks whether all is there that it has said to be done.
package struct KillCheck {
    private let setup: Setup
    private let operations: Int

    /// - Parameter operations: after about how many the process is killed.
    package init(_ setup: Setup, operations: Int) {
        self.setup = setup
        self.operations = operations
    }

    /// - Returns: how many operations were done, and what is wrong.
    package func run() throws -> (operations: Int, failure: String?) {
        let folder = try WorkFolder("model-kill", inMemory: true)
        let child = try ChildProcess(
            Programs.modelChecker,
            ["work", "--setup", setup.variant.name, "--seed", "\(setup.seed)", "--folder", folder.path],
            errorFile: folder.fresh("error"))
        var done = 0
        var complaint: String?
        func read(_ line: String) -> Bool {
            if let count = Int(line) { done = count } else { complaint = (complaint.map { $0 + "\n" } ?? "") + line }
            return done < operations && complaint == nil
        }
        let deadline = Clock.after(milliseconds: 120_000)
        let hasEnded = child.readLines(until: deadline, read)
        child.kill()
        child.readLines(until: deadline) { line in
            _ = read(line)
            return true
        }
        _ = child.wait(until: deadline)
        if hasEnded || complaint != nil {
            return (done, describe("the process ended by itself: \(complaint ?? "") \(child.errorText)", done))
        }
        return try check(folder.path, done)
    }

    private func describe(_ what: String, _ done: Int) -> String {
        "killed after \(done) operations of setup \(setup.variant.name) \(setup.seed): \(what)"
    }

    /// Compares what a killed process left with what it had done, and goes on with it.
    private func check(_ folder: String, _ done: Int) throws -> (Int, String?) {
        let model = Model(setup)
        var source = OperationSource(setup, isKillable: true)
        for _ in 0..<done { _ = model.apply(source.next()) }
        let system = try System(setup, in: folder)
        system.setClock(to: model.now)
        model.loseHandles()
        let observed = system.apply(Operation(.compare))
        if observed != model.apply(Operation(.compare)) {
            let acknowledged = model.apply(Operation(.compare))
            // What was under way may be there, whole.
            let next = source.next()
            _ = model.apply(next)
            model.loseHandles()
            guard observed == model.apply(Operation(.compare)) else {
                let difference = observed.difference(from: acknowledged)
                return (done, describe("before \(next), the store has \(difference)", done))
            }
            system.setClock(to: model.now)
        }
        let run = Run(setup, system, model)
        var more = OperationSource(Setup(setup.variant, seed: setup.seed), isKillable: true)
        for _ in 0..<500 {
            if let divergence = run.apply(more.next()) { return (done, describe("going on: \(divergence)", done)) }
        }
        if let divergence = try run.finish() { return (done, describe("going on: \(divergence)", done)) }
        return (done + 500, nil)
    }

    /// What the process does: operations, and after each one a line with their number.
    package static func work(_ setup: Setup, in folder: String) throws -> Never {
        ChildSetup.dieWithParent()
        let run = Run(setup, try System(setup, in: folder), Model(setup))
        var source = OperationSource(setup, isKillable: true)
        while true {
            if let divergence = run.apply(source.next()) {
                ChildSetup.print("\(divergence)")
                exit(1)
            }
            ChildSetup.print("\(run.count)")
        }
    }
}
