internal import Foundation
internal import KVStore
internal import SystemPackage

/// A process that creates and drops namespaces, two threads with names of their own, and one that says what came of it.
package enum ChurnCommand {
    private static let shape = StreamShape(batch: 3, valueSize: 200, window: 50)

    /// - Parameter steps: after how many creations and drops each thread ends; nil for endlessly. With a number, the
    ///   store is opened anew after a failure, and the threads go on.
    package static func arguments(store: String, seed: UInt64, firstIncarnation: Int, steps: Int?) -> [String] {
        [
            "churn", "--store", store, "--seed", "\(seed)", "--first", "\(firstIncarnation)", "--steps",
            "\(steps ?? 0)",
        ]
    }

    package static func verifyArguments(store: String) -> [String] { ["churn-verify", "--store", store] }

    package static func run(_ arguments: Arguments) throws {
        let seed = UInt64(try arguments.number("seed", default: 1))
        let first = try arguments.number("first", default: 1)
        let steps = try arguments.number("steps", default: 0)
        let churners = (0..<2).map {
            Churner(shape, thread: $0, incarnation: first + $0, seed: seed, steps: steps > 0 ? steps : .max)
        }
        let deadline = Clock.after(milliseconds: 20_000)
        while true {
            do {
                let store = try open(arguments)
                ChildSetup.print("ready")
                churn(churners, store)
                try store.close()
            } catch {
                ChildSetup.print("err - 0 close \((error as? StoreError)?.code.description ?? "?") \(error)")
            }
            if steps == 0 || churners.allSatisfy(\.isDone) { break }
            guard Clock.now < deadline else {
                ChildSetup.print("stuck: namespaces cannot be created or dropped")
                return
            }
            Clock.sleep(milliseconds: 50)
        }
        ChildSetup.print("done")
    }

    private static func churn(_ churners: [Churner], _ store: Store) {
        let group = DispatchGroup()
        for churner in churners {
            group.enter()
            Thread.detachNewThread {
                churner.run(store)
                group.leave()
            }
        }
        group.wait()
    }

    private static func open(_ arguments: Arguments) throws -> Store {
        var plan = WriterPlan()
        plan.maxOpenNamespaces = 3
        let path = FilePath(try arguments.required("store"))
        do {
            return try Store.open(at: path, configuration: plan.configuration)
        } catch {
            ChildSetup.print("err - 0 open \(error.code) \(error)")
            throw error
        }
    }

    package static func verify(_ arguments: Arguments) throws {
        let store = try open(arguments)
        for info in try store.namespaces() {
            let namespace = try store.namespace(info.name)
            let first = try namespace.entries().collect(limit: 1).first
            guard let first, let stream = Int(String(decoding: first.key.prefix(4), as: UTF8.self)) else {
                ChildSetup.print("incarnation \(info.name) 0 0")
                continue
            }
            let (head, complaint) = try StreamAudit(shape).check(stream, in: namespace)
            if let complaint { ChildSetup.print("bad \(info.name): \(complaint)") }
            if let last = try namespace.entries().collect().last, !last.key.starts(with: first.key.prefix(5)) {
                ChildSetup.print("bad \(info.name) holds two incarnations")
            }
            ChildSetup.print("incarnation \(info.name) \(stream) \(head)")
        }
        try VerifyCommand.listNamespaces(store, try arguments.required("store"))
        try store.close()
        ChildSetup.print("done")
    }
}

/// One thread that creates and drops.
private final class Churner: @unchecked Sendable {  // used by one thread at a time
    private let shape: StreamShape
    private let names: [String]
    private var incarnation: Int
    private var random: SeededRandom
    private var stepsLeft: Int

    var isDone: Bool { stepsLeft == 0 }

    init(_ shape: StreamShape, thread: Int, incarnation: Int, seed: UInt64, steps: Int) {
        self.shape = shape
        self.incarnation = incarnation
        stepsLeft = steps
        names = (0..<4).map { "thread-\(thread)-name-\($0)" }
        random = SeededRandom(seed: SeededRandom.mix(seed, UInt64(thread)))
    }

    /// Goes on until it is done or a call fails.
    func run(_ store: Store) {
        do {
            while stepsLeft > 0 {
                try step(store)
                stepsLeft -= 1
            }
        } catch {
            // A number is for one incarnation, also for one that failed.
            incarnation += 2
            ChildSetup.print(
                "err - 0 \((error as? StoreError)?.operation.description ?? "?") "
                    + "\((error as? StoreError)?.code.description ?? "?") \(error)")
        }
    }

    private func step(_ store: Store) throws {
        let name = names[Int.random(in: 0..<names.count, using: &random)]
        let isThere = try store.namespaces().contains { $0.name == name }
        if isThere {
            say("begun", "drop", name)
            try store.dropNamespace(name)
            say("finished", "drop", name)
        } else {
            say("begun", "create", name)
            let namespace = try store.createNamespace(name)
            say("finished", "create", name)
            for sequence in 1...UInt64.random(in: 1...10, using: &random) { try commit(sequence, namespace) }
            incarnation += 2
        }
    }

    private func say(_ state: String, _ action: String, _ name: String) {
        ChildSetup.print("\(state) \(action) \(name) \(incarnation) \(Clock.now)")
    }

    private func commit(_ sequence: UInt64, _ namespace: Namespace) throws {
        let begun = Clock.now
        try namespace.write(durability: .synced) { batch in
            for index in 0..<shape.keyCount(incarnation, sequence) {
                batch.put(
                    StreamShape.key(incarnation, sequence, index), shape.value(incarnation, sequence, index))
            }
            batch.put(StreamShape.headKey(incarnation), StreamShape.headValue(sequence))
        }
        let ack = Acknowledgement(
            stream: incarnation, sequence: sequence, begun: begun, acknowledged: Clock.now, isSynced: true)
        ChildSetup.print(ack.line)
    }
}
