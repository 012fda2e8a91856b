import FaultKit
import Foundation
import ModelKit
import Testing

@Suite("Random operations against a model", .serialized)
struct ModelTests {
    @Test("A store does what its model does, whatever its configuration")
    func agreement() async throws {
        let seconds = ProcessInfo.processInfo.environment["KVSTORE_MODEL_SECONDS"].flatMap { Int($0) } ?? 60
        let seed = Seed.fromEnvironment()
        let result = try await onThread {
            var check = ModelCheck(seed: seed, operationsPerRun: 4000)
            check.variants = Setup.variants.filter { !$0.isRelative }
            check.report = { print("model: \($0)") }
            return try check.run(operations: .max, until: Clock.after(milliseconds: seconds * 1000))
        }
        print("model: \(result.operations) operations in \(result.runs) stores; repeat with KVSTORE_SEED=\(seed)")
        #expect(result.failure == nil, "\(result.failure.map { "\($0)" } ?? "")")
        #expect(result.operations > 0)
    }

    /// In a process of its own: the working directory is the whole process's.
    @Test("A store that was opened by a relative path stays itself wherever the process goes")
    func relativePaths() throws {
        let folder = try WorkFolder("relative")
        let seed = Seed.fromEnvironment()
        let child = try ChildProcess(
            Programs.modelChecker,
            ["run", "--setups", "relative", "--operations", "6000", "--run", "2000", "--seed", "\(seed)"],
            errorFile: folder.fresh("error"))
        var output: [String] = []
        child.readLines(until: Clock.after(milliseconds: 300_000)) { line in
            output.append(line)
            return true
        }
        let ending = child.wait(until: Clock.after(milliseconds: 5000))
        #expect(ending == .exited(0), "\(output.joined(separator: "\n"))\n\(child.errorText)")
    }

    @Test("What a process has done is there when it was killed", arguments: 0..<4)
    func kills(_ round: Int) async throws {
        let seed = SeededRandom.mix(Seed.fromEnvironment(), UInt64(round))
        let failure = try await onThread {
            var random = SeededRandom(seed: seed)
            let variants = Setup.variants.filter { !$0.isInMemory && !$0.isRelative }
            let setup = Setup(variants[Int.random(in: variants.indices, using: &random)], seed: seed)
            return try KillCheck(setup, operations: Int.random(in: 1...1000, using: &random)).run().failure
        }
        #expect(failure == nil)
    }

    @Test(
        "A mistake is found and its history made short",
        arguments: [Model.Flaw.forgetsRangeDeletions, .losesConflicts])
    func flaws(_ flaw: Model.Flaw) async throws {
        let failure = try await onThread { () -> ModelCheck.Failure? in
            var check = ModelCheck(seed: 7, operationsPerRun: 20_000)
            check.variants = try [Setup(named: "tiny", seed: 0).variant]
            check.flaw = flaw
            check.shrinkSeconds = 30
            return try check.run(operations: 40_000).failure
        }
        let found = try #require(failure)
        print("model: \(flaw) is found in \(found.history.count) operations:\n\(found.description)")
        #expect(found.history.count <= 6)
        // The short history diverges with the mistake and not without.
        let file = try HistoryFile(HistoryFile(setup: found.setup, operations: found.history).text)
        #expect(try await onThread { try Run.play(file.operations, file.setup, flaw: flaw) } != nil)
        #expect(try await onThread { try Run.play(file.operations, file.setup) } == nil)
    }

    @Test("A history survives being written and read")
    func text() throws {
        for variant in Setup.variants.prefix(3) {
            let setup = Setup(variant, seed: 11)
            var source = OperationSource(setup)
            let operations = (0..<5000).map { _ in source.next() }
            let file = try HistoryFile(HistoryFile(setup: setup, operations: operations).text)
            #expect(file.setup.kinds == setup.kinds)
            #expect(file.operations == operations)
        }
    }
}

/// Runs `body` on a thread that may wait, which those of Swift concurrency may not.
private func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: .init(catching: body)) }
    }
}
