public import KVStoreInterface

/// What every ``KeyValueStore`` must do, as checks that any backend can run.
///
/// Each check makes namespaces of its own, whose names begin with the check's, in a store that may have others, and drops them
/// at its end. Run each by itself, so that a failure names what does not hold:
///
/// ```swift
/// for check in Conformance<MyStore>.checks where check.needs.isSubset(of: store.capabilities) {
///     try await check.run(in: store)
/// }
/// ```
public enum Conformance<Store: KeyValueStore> {
    /// All checks, but those of the change feed: for these see ``changeChecks``.
    public static var checks: [ConformanceCheck<Store>] {
        bytes + ranges + moments + batches + transactions + updates + timeToLive + namespaces + errors
    }
}

extension Conformance where Store.Space: KeyValueChanges {
    /// The checks of the change feed.
    public static var changeChecks: [ConformanceCheck<Store>] { changes }
}

/// One thing that every store must do.
public struct ConformanceCheck<Store: KeyValueStore>: Sendable {
    /// What it is, as a sentence.
    public let name: String
    /// What the store must be able to do for it.
    public let needs: StoreCapabilities
    private let body: @Sendable (ConformanceScene<Store>) async throws -> Void

    init(
        _ name: String, needs: StoreCapabilities = [],
        _ body: @escaping @Sendable (ConformanceScene<Store>) async throws -> Void
    ) {
        self.name = name
        self.needs = needs
        self.body = body
    }

    /// Runs it.
    ///
    /// - Throws: ``ConformanceFailure`` for what does not hold; what the store throws where nothing was expected to fail.
    public func run(in store: Store) async throws {
        let scene = ConformanceScene(store)
        do {
            try await body(scene)
        } catch {
            await scene.clear()
            throw error
        }
        await scene.clear()
    }
}

extension ConformanceCheck: CustomStringConvertible {
    /// Its name.
    public var description: String { name }
}

/// What a store does otherwise than it must.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// What was expected and what was found.
    public let description: String
}
