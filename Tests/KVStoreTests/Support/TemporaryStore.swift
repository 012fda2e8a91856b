import Foundation
import KVStore
import Logging
import SystemPackage

/// Runs `body` with a folder that is removed afterwards. On the disk of the working folder: a memory file system would
/// hide what syncing costs and does.
func withTemporaryFolder<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
    let path = try makeTemporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    return try body(path)
}

func withTemporaryFolder<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
    let path = try makeTemporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    return try await body(path)
}

/// A child that has ended must not end the tests that write to it: the write fails instead.
private let ignoresBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

private func makeTemporaryFolder() throws -> FilePath {
    _ = ignoresBrokenPipes
    let base = ProcessInfo.processInfo.environment["KVSTORE_TEST_FOLDER"] ?? "/var/tmp"
    let path = FilePath(base).appending("kvstore-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    return path
}

extension StoreConfiguration {
    /// The documented tuning with memtables and caches small enough to have many stores at once, in the layout under
    /// test.
    static var tiny: StoreConfiguration {
        var configuration = StoreConfiguration.documented
        configuration.namespaceTuning.memtableSize = .mebibytes(4)
        configuration.metadataTuning.memtableSize = .mebibytes(1)
        configuration.blockCache = .shared(.mebibytes(8))
        configuration.logger.logLevel = .critical
        return configuration
    }
}

/// Closes the store of a test that has failed, so that the threads it leaves behind end, unless a call that is stuck holds
/// that up.
private func abandon(_ store: Store) {
    let isClosed = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
        try? store.close()
        isClosed.signal()
    }
    _ = isClosed.wait(timeout: .now() + 60)
}

/// Runs `body` with a new store and one namespace in it, and closes the store.
func withTemporaryStore<Result>(
    _ configuration: StoreConfiguration = .tiny, _ body: (Store, Namespace) throws -> Result
) throws -> Result {
    try withTemporaryFolder { folder in
        try withStore(at: folder.appending("store"), configuration) { try body($0, try $0.createNamespace("test")) }
    }
}

func withTemporaryStore<Result>(
    _ configuration: StoreConfiguration = .tiny, _ body: (Store, Namespace) async throws -> Result
) async throws -> Result {
    try await withTemporaryFolder { folder in
        let store = try await Store.open(at: folder.appending("store"), configuration: configuration)
        let result: Result
        do {
            result = try await body(store, try await store.createNamespace("test"))
        } catch {
            abandon(store)
            throw error
        }
        try await store.close()
        return result
    }
}

/// Opens the store in a folder, runs `body` with it and closes it.
@discardableResult
func withStore<Result>(
    at path: FilePath, _ configuration: StoreConfiguration = .tiny, _ body: (Store) throws -> Result
) throws -> Result {
    let store = try Store.open(at: path, configuration: configuration)
    let result: Result
    do {
        result = try body(store)
    } catch {
        abandon(store)
        throw error
    }
    try store.close()
    return result
}
