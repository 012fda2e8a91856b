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
