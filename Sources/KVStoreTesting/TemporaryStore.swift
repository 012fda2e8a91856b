internal import FoundationEssentials
public import KVStore

/// Runs `body` with a new store, closes it, and removes it, whatever `body` throws.
///
/// ```swift
/// try withTemporaryStore { store in
///     let orders = try store.createNamespace("orders")
///     try orders.put("order/1", "pending")
/// }
/// ```
///
/// `body` may close the store and open it again at its path, which is what a restart is to it, but not of one in memory.
/// Stores of several tests that run at the same time do not meet.
///
/// - Parameters:
///   - configuration: ``KVStore/StoreConfiguration/small`` unless you say otherwise; its
///     ``KVStore/StoreConfiguration/layout-swift.property`` says which layout to test.
///   - place: where it is.
/// - Throws: what `body` throws; a `StoreError` when the store cannot be made or closed.
public func withTemporaryStore<Result>(
    _ configuration: StoreConfiguration = .small, in place: StorePlace = .temporary, _ body: (Store) throws -> Result
) throws -> Result {
    let folder = try TemporaryFolder(place)
    defer { folder?.remove() }
    let store: Store
    if let folder {
        store = try Store.open(at: folder.store, configuration: configuration)
    } else {
        store = try Store.inMemory(configuration: configuration)
    }
    let result: Result
    do {
        result = try body(store)
    } catch {
        // What it threw says more than what closing does.
        try? store.close()
        throw error
    }
    try store.close()
    return result
}

/// Runs `body` with a new store, closes it, and removes it, whatever `body` throws; also in a task that is cancelled.
///
/// - Parameters:
///   - configuration: as of the synchronous form.
///   - place: where it is.
/// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
public func withTemporaryStore<Result>(
    _ configuration: StoreConfiguration = .small, in place: StorePlace = .temporary,
    isolation: isolated (any Actor)? = #isolation, _ body: (Store) async throws -> Result
) async throws -> Result {
    let folder = try TemporaryFolder(place)
    defer { folder?.remove() }
    let store: Store
    if let folder {
        store = try await Store.open(at: folder.store, configuration: configuration)
    } else {
        store = try await Store.inMemory(configuration: configuration)
    }
    let result: Result
    do {
        result = try await body(store)
    } catch {
        try? await store.close()
        throw error
    }
    try await store.close()
    return result
}

/// A folder that is removed with all that is in it.
private struct TemporaryFolder {
    private let path: String
    var store: String { path + "/store" }

    /// Nil for memory.
    init?(_ place: StorePlace) throws {
        let base: String
        switch place {
        case .memory: return nil
        case .temporary: base = FileManager.default.temporaryDirectory.path
        case .folder(let folder): base = folder
        }
        path = base + "/kvstore-testing-" + UUID().uuidString.lowercased()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
