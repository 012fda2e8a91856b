/// What a task calls of an engine that suspends rather than blocks; shared by all tasks.
protocol AsyncBenchSession: Sendable {
    /// Sets the value of `key`, in a commit of its own.
    func put(_ key: [UInt8], _ value: [UInt8], in keyspace: Int) async throws
    /// Deletes `key`, in a commit of its own. That it is not there is no error.
    func delete(_ key: [UInt8], in keyspace: Int) async throws
    /// The value of `key`; `nil` when there is none.
    func read(_ key: [UInt8], in keyspace: Int) async throws -> [UInt8]?
    /// The first `limit` entries from `key` on, in the order of their bytes, as they were at one moment.
    func scan(from key: [UInt8], limit: Int, in keyspace: Int) async throws -> [(key: [UInt8], value: [UInt8])]
    /// Runs `update` as one atomic read-modify-write and returns when it is committed.
    func run(_ update: some BenchUpdate & Sendable, in keyspace: Int) async throws
}
