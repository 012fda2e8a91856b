import FaultKit
import Foundation
import Testing

/// A store that a writer has written to and closed.
struct WrittenStore {
    let subject: StoreUnderTest
    let folder: WorkFolder

    var path: String { subject.plan.store }

    /// The folders of the namespaces' databases.
    var databases: [String] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/namespaces")) ?? []
        return folders.sorted().map { "\(path)/namespaces/\($0)" }
    }

    func files(in database: String, suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: database).filter { $0.hasSuffix(suffix) }.sorted()
    }

    /// Reads all of it in a process of its own.
    func verify() throws -> Verification { try subject.verify() }

    /// Calls `body` with a copy of the folder in which something was done.
    func damaged(_ damage: (_ copy: String) throws -> Void) throws -> DamagedReading {
        var plan = subject.plan
        plan.store = folder.fresh("damaged")
        defer { try? FileManager.default.removeItem(atPath: plan.store) }
        try FileManager.default.copyItem(atPath: path, toPath: plan.store)
        try damage(plan.store)
        return try DamagedReading(plan, heads: heads, errorFile: folder.fresh("stderr"))
    }

    /// The last commit of each stream.
    var heads: [Int: UInt64] {
        Dictionary(subject.ledger.acknowledgements.map { ($0.stream, $0.sequence) }, uniquingKeysWith: max)
    }
}

/// Makes a store, has a process write some commits to it and close it, and calls `body` with it.
func withWrittenStore(
    _ change: (inout WriterPlan) -> Void = { _ in }, _ body: (WrittenStore) throws -> Void
) throws {
    let folder = try WorkFolder("trap")
    var plan = WriterPlan()
    plan.store = folder.path + "/store"
    plan.streams = [0]
    plan.limit = 200
    plan.memtableKiB = 64
    change(&plan)
    let subject = StoreUnderTest(plan, errorFile: folder.path + "/stderr")
    let run = try subject.write(seed: 1)
    run.listen(until: Clock.after(milliseconds: 60_000))
    let ending = run.process.wait(until: Clock.after(milliseconds: 10_000))
    #expect(run.disorder(ending) == nil && run.complaints.isEmpty && run.failures.isEmpty)
    subject.take(run)
    try body(WrittenStore(subject: subject, folder: folder))
}

/// What a process found that read a damaged store.
struct DamagedReading {
    /// Calls that failed: their code and what they said.
    private(set) var refusals: [String] = []
    /// What was read and wrong, or not there and not said so.
    private(set) var complaints: [String]

    init(_ plan: WriterPlan, heads: [Int: UInt64], errorFile: String) throws {
        let run = try WriterRun(RotCommand.arguments(plan, heads: heads), errorFile: errorFile)
        run.listen(until: Clock.after(milliseconds: 60_000))
        complaints = run.complaints
        if let disorder = run.disorder(run.process.wait(until: Clock.after(milliseconds: 1000))) {
            complaints.append(disorder)
        }
        for words in run.otherLines {
            if words.first == "refused" { refusals.append(words.dropFirst().joined(separator: " ")) }
            if words.first == "older" { complaints.append(words.joined(separator: " ")) }
        }
    }
}
