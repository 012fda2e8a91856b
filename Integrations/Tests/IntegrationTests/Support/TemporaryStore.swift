import Foundation
import KVStore
import Logging
import SystemPackage

/// Runs `body` with a folder that is removed afterwards.
func withTemporaryFolder<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
    let base = ProcessInfo.processInfo.environment["KVSTORE_TEST_FOLDER"] ?? "/var/tmp"
    let path = FilePath(base).appending("kvstore-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    return try await body(path)
}

/// Runs `body` with a new store, and closes it.
func withTemporaryStore<Result>(
    _ configuration: StoreConfiguration = .quiet, _ body: (Store) async throws -> Result
) async throws -> Result {
    try await withTemporaryFolder { folder in
        let store = try await Store.open(at: folder.appending("store"), configuration: configuration)
        let result = try await body(store)
        try await store.close()
        return result
    }
}

extension StoreConfiguration {
    /// Little, and silent.
    static var quiet: StoreConfiguration {
        var configuration = StoreConfiguration.small
        configuration.logger.logLevel = .critical
        return configuration
    }
}

/// The code of the error that `body` throws; nil when it throws none, or another kind.
func errorCode(_ body: () async throws -> Void) async -> StoreError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? StoreError)?.code
    }
}

/// What a page of documentation says.
func page(_ name: String) throws -> String {
    var path = FilePath(#filePath)
    for _ in 0..<5 { path.removeLastComponent() }
    return try String(contentsOfFile: path.appending("docs").appending(name).string, encoding: .utf8)
}
