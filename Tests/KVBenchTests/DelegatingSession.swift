@testable import KVBench

/// A session that does something before each write, and when it is to settle.
final class DelegatingSession: ForwardingSession {
    let base: FakeSession
    private let beforeWrite: () throws -> Void
    private let settling: () -> Void

    init(
        _ base: FakeSession, settling: @escaping () -> Void = {}, beforeWrite: @escaping () throws -> Void
    ) {
        self.base = base
        self.settling = settling
        self.beforeWrite = beforeWrite
    }

    func run(_ update: inout some BenchUpdate, in keyspace: Int) throws {
        try beforeWrite()
        try base.run(&update, in: keyspace)
    }

    func put(_ key: RawSpan, _ value: RawSpan, in keyspace: Int) throws {
        try beforeWrite()
        base.put(key, value, in: keyspace)
    }

    func delete(_ key: RawSpan, in keyspace: Int) throws {
        try beforeWrite()
        base.delete(key, in: keyspace)
    }

    func commit(_ batch: inout some BenchBatch, in keyspace: Int) throws {
        try beforeWrite()
        try base.commit(&batch, in: keyspace)
    }

    func settle() {
        settling()
        base.settle()
    }
}
