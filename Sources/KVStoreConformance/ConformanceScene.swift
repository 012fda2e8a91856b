package import KVStoreInterface
internal import Synchronization

/// A store for one check: gives it namespaces of names that nobody else has, and drops them at the end.
package final class ConformanceScene<Store: KeyValueStore>: Sendable {
    package typealias Space = Store.Space

    package let store: Store
    /// What the names of its namespaces begin with.
    package let prefix = "conformance-\(UInt64.random(in: .min ... .max))-"
    private let made = Mutex<Set<String>>([])

    package init(_ store: Store) { self.store = store }

    /// A namespace of a name that is its own.
    package func space(
        _ name: String = "a", timeToLive: Duration? = nil, attributes: [String: String] = [:]
    ) async throws -> Space {
        note(prefix + name)
        return try await store.createSpace(prefix + name, timeToLive: timeToLive, attributes: attributes)
    }

    /// Has a namespace dropped at the end.
    package func note(_ name: String) { made.withLock { _ = $0.insert(name) } }

    func clear() async {
        for name in made.withLock({ $0 }) { try? await store.dropSpace(name) }
    }
}

/// Throws unless it is so.
func expect(_ isSo: Bool, _ what: @autoclosure () -> String, line: Int = #line) throws {
    guard !isSo else { return }
    throw ConformanceFailure(description: "\(what()) (line \(line))")
}

/// Throws unless both are equal.
func expectEqual<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String, line: Int = #line) throws {
    try expect(found == expected, "\(what): found \(found), expected \(expected)", line: line)
}

/// Throws unless the call throws an error of that code.
func expectError<Result>(
    _ code: StoreError.Code, _ what: String, line: Int = #line, _ call: () async throws -> Result
) async throws {
    do {
        _ = try await call()
    } catch let error as StoreError {
        return try expectEqual(error.code, code, "\(what) fails as it should", line: line)
    }
    throw ConformanceFailure(description: "\(what) succeeds and should throw \(code) (line \(line))")
}

extension KeyValueNamespace {
    /// Sets keys and values of text, in one commit.
    func fill(_ entries: KeyValuePairs<String, String>, durability: Durability? = nil) async throws {
        var batch = WriteBatch()
        for (key, value) in entries { batch.put(key, value) }
        try await commit(batch, durability: durability)
    }

    func set(_ key: String, _ value: String) async throws { try await fill([key: value]) }

    /// The value of a key as text.
    func text(_ key: String) async throws -> String? { try await get(key).map { String(decoding: $0, as: UTF8.self) } }
}

extension [Entry] {
    /// The keys as text.
    var keys: [String] { map { String(decoding: $0.key, as: UTF8.self) } }
}
