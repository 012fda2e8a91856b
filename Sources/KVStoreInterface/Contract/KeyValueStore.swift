/// A store of namespaces: what every backend can do.
///
/// Code that is written for it runs over the embedded store and over one beyond this machine. What a backend lacks is no
/// part of it, but for what ``capabilities`` tells of.
public protocol KeyValueStore: Sendable {
    /// Its namespaces.
    associatedtype Space: KeyValueNamespace

    /// What this store can do that not all can.
    var capabilities: StoreCapabilities { get }

    /// A namespace by its name.
    ///
    /// - Throws: `.namespaceNotFound`; `.invalidName` for a name that no namespace can have.
    nonisolated(nonsending) func space(_ name: String) async throws -> Space

    /// Creates a namespace: there whole or not at all.
    ///
    /// - Parameters:
    ///   - name: 1 to 255 bytes of UTF-8 without control characters.
    ///   - timeToLive: how long an entry lives after it was put; nil for ever. At least 1 ms.
    ///   - attributes: what the application wants to keep with it, see ``Limits/namespaceAttributesSize``.
    /// - Throws: `.namespaceExists`; `.invalidName`; `.invalidArgument` for a time or attributes that it does not take.
    nonisolated(nonsending) func createSpace(
        _ name: String, timeToLive: Duration?, attributes: [String: String]
    ) async throws -> Space

    /// The names of namespaces, ordered by their bytes.
    ///
    /// - Parameters:
    ///   - prefix: what they begin with; all for the empty string.
    ///   - name: after which one to go on; nil for the first.
    ///   - limit: how many at most.
    nonisolated(nonsending) func spaceNames(prefix: String, after name: String?, limit: Int) async throws -> [String]

    /// What the application keeps with a namespace.
    nonisolated(nonsending) func attributes(of name: String) async throws -> [String: String]

    /// Gives a namespace another name, atomically.
    ///
    /// - Throws: `.namespaceNotFound`; `.namespaceExists` when the other is taken; `.invalidName`.
    nonisolated(nonsending) func renameSpace(_ name: String, to newName: String) async throws

    /// Drops a namespace with all its data. One that is created under the same name is another one.
    ///
    /// - Throws: `.namespaceNotFound`.
    nonisolated(nonsending) func dropSpace(_ name: String) async throws

    /// Commits to several namespaces, all of it or nothing.
    ///
    /// - Throws: `.invalidArgument` without ``StoreCapabilities/commitsAcrossNamespaces``, and as
    ///   ``KeyValueNamespace/commit(_:durability:)``; nothing was written then.
    @discardableResult
    nonisolated(nonsending) func commit(
        _ parts: [(space: Space, batch: WriteBatch)], durability: Durability?
    ) async throws -> Space.Receipt

    /// Ends its use; calls after it throw `.closed`. Twice is no error.
    func close() async throws
}

/// What a store can do that not all can.
public struct StoreCapabilities: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: UInt32

    /// Those with these bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Commits to several namespaces at once.
    public static let commitsAcrossNamespaces = StoreCapabilities(rawValue: 1 << 0)
    /// Its namespaces are ``KeyValueChanges``.
    public static let changes = StoreCapabilities(rawValue: 1 << 1)
    /// A commit that was acknowledged with ``Durability/synced`` survives the loss of the machine.
    public static let survivesMachine = StoreCapabilities(rawValue: 1 << 2)
}
