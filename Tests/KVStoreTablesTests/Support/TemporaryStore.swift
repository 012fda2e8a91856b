import Foundation
import KVStore
import Logging

/// Runs `body` with a namespace of a new store of each layout in turn, and closes the store.
func withSpaces(_ body: (Namespace) async throws -> Void) async throws {
    try await withStores { store in try await body(try await store.createNamespace("test")) }
}

/// Runs `body` with a new store of each layout in turn, and closes it.
func withStores(_ body: (Store) async throws -> Void) async throws {
    for layout in [Store.Layout.separateDatabases, .singleDatabase] {
        try await withStoreFolder { path in
            let store = try await Store.open(at: path, configuration: .small(layout))
            try await body(store)
            try await store.close()
        }
    }
}

/// Runs `body` with a path for a store, which is removed afterwards.
func withStoreFolder(_ body: (String) async throws -> Void) async throws {
    let base = ProcessInfo.processInfo.environment["KVSTORE_TEST_FOLDER"] ?? "/var/tmp"
    let path = "\(base)/kvstore-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path + "/store")
}

extension StoreConfiguration {
    /// The documented tuning with memtables and caches small enough to have many stores at once.
    static func small(_ layout: Store.Layout) -> StoreConfiguration {
        var configuration = StoreConfiguration()
        configuration.layout = layout
        configuration.namespaceTuning.memtableSize = .mebibytes(4)
        configuration.metadataTuning.memtableSize = .mebibytes(1)
        configuration.blockCache = .shared(.mebibytes(8))
        configuration.logger.logLevel = .critical
        return configuration
    }
}
