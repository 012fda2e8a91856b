/// A session that hands what it does not do itself to another.
protocol ForwardingSession: BenchSession {
    associatedtype Base: BenchSession
    var base: Base { get }
}

extension ForwardingSession {
    func run(_ update: inout some BenchUpdate, in keyspace: Int) throws { try base.run(&update, in: keyspace) }
    func put(_ key: RawSpan, _ value: RawSpan, in keyspace: Int) throws { try base.put(key, value, in: keyspace) }
    func delete(_ key: RawSpan, in keyspace: Int) throws { try base.delete(key, in: keyspace) }
    func commit(_ batch: inout some BenchBatch, in keyspace: Int) throws { try base.commit(&batch, in: keyspace) }
    func settle() throws { try base.settle() }

    func read(_ key: RawSpan, in keyspace: Int, _ body: (RawSpan) throws -> Void) throws -> Bool {
        try base.read(key, in: keyspace, body)
    }

    func scan(
        prefix: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        try base.scan(prefix: prefix, limit: limit, in: keyspace, body)
    }

    func scan(
        from key: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        try base.scan(from: key, limit: limit, in: keyspace, body)
    }
}
