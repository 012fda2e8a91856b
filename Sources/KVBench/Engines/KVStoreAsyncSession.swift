import KVStore

/// The library's async calls.
struct KVStoreAsyncSession: AsyncBenchSession {
    let namespaces: [Namespace]

    func put(_ key: [UInt8], _ value: [UInt8], in keyspace: Int) async throws {
        try await namespaces[keyspace].put(key, value)
    }

    func delete(_ key: [UInt8], in keyspace: Int) async throws {
        try await namespaces[keyspace].delete(key)
    }

    func read(_ key: [UInt8], in keyspace: Int) async throws -> [UInt8]? {
        try await namespaces[keyspace].get(key)
    }

    func scan(from key: [UInt8], limit: Int, in keyspace: Int) async throws -> [(key: [UInt8], value: [UInt8])] {
        var found: [(key: [UInt8], value: [UInt8])] = []
        for try await entry in namespaces[keyspace].entries(KeyRange(from: key), limit: limit) {
            found.append((entry.key, entry.value))
        }
        return found
    }

    func run(_ update: some BenchUpdate & Sendable, in keyspace: Int) async throws {
        try await namespaces[keyspace].update { transaction in
            var update = update
            try update.run(in: &transaction)
        }
    }
}
