public import KVStoreInterface

/// A store that fails when it is told to: for tests of what a program does then.
///
/// Wraps any store behind the contract, the embedded one too, so it needs neither a failing disk nor root. For code that is
/// written for ``KVStoreInterface/KeyValueStore``; what goes past it, by the store itself, does not fail.
public struct FaultyStore<Base: KeyValueStore>: KeyValueStore {
    /// What fails, and when.
    public let faults: Faults
    /// The store behind it.
    public let base: Base

    public typealias Space = FaultyNamespace<Base.Space>

    /// A store that fails when `faults` say so.
    public init(_ base: Base, _ faults: Faults) {
        self.base = base
        self.faults = faults
    }

    /// As the store behind it.
    public var capabilities: StoreCapabilities { base.capabilities }

    /// As of the store behind it.
    public nonisolated(nonsending) func space(_ name: String) async throws -> FaultyNamespace<Base.Space> {
        try await faults.call(.catalog) { FaultyNamespace(try await base.space(name), faults) }
    }

    /// As of the store behind it.
    public nonisolated(nonsending) func createSpace(
        _ name: String, timeToLive: Duration? = nil, attributes: [String: String] = [:]
    ) async throws -> FaultyNamespace<Base.Space> {
        try await faults.call(.catalog) {
            FaultyNamespace(
                try await base.createSpace(name, timeToLive: timeToLive, attributes: attributes), faults)
        }
    }

    /// As of the store behind it.
    public nonisolated(nonsending) func spaceNames(
        prefix: String = "", after name: String? = nil, limit: Int = .max
    ) async throws -> [String] {
        try await faults.call(.catalog) { try await base.spaceNames(prefix: prefix, after: name, limit: limit) }
    }

    /// As of the store behind it.
    public nonisolated(nonsending) func attributes(of name: String) async throws -> [String: String] {
        try await faults.call(.catalog) { try await base.attributes(of: name) }
    }

    /// As of the store behind it.
    public nonisolated(nonsending) func renameSpace(_ name: String, to newName: String) async throws {
        try await faults.call(.catalog) { try await base.renameSpace(name, to: newName) }
    }

    /// As of the store behind it.
    public nonisolated(nonsending) func dropSpace(_ name: String) async throws {
        try await faults.call(.catalog) { try await base.dropSpace(name) }
    }

    /// As of the store behind it.
    @discardableResult
    public nonisolated(nonsending) func commit(
        _ parts: [(space: FaultyNamespace<Base.Space>, batch: WriteBatch)], durability: Durability? = nil
    ) async throws -> Base.Space.Receipt {
        try await faults.call(.commit) {
            try await base.commit(parts.map { (space: $0.space.base, batch: $0.batch) }, durability: durability)
        }
    }

    /// As of the store behind it.
    public func close() async throws { try await faults.call(.close) { try await base.close() } }
}
