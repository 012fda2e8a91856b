public import FoundationEssentials

/// What the catalog says of a namespace.
public struct NamespaceInfo: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The number that names its folder; never used again for another namespace of the store.
    public let id: UInt64
    /// When it was created.
    public let created: Date
}
