/// What the catalog says of a namespace.
public struct NamespaceInfo: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The number that names its folder; never used again for another namespace of the store.
    public let id: UInt64
    /// When it was created.
    public let created: Timestamp
    /// The name of its merge operator, `nil` if it has none.
    public let mergeOperator: String?
    /// How long its entries live, `nil` for ever.
    public let timeToLive: Duration?
    /// What the application keeps with it: see ``NamespaceOptions/attributes``.
    public let attributes: [String: String]
    /// Its own tuning, `nil` if it has the store's.
    public let tuning: Tuning?
    /// How far back its changes can be read, `nil` where none are kept for it: see ``NamespaceOptions/changes``.
    public let changes: ChangeRetention?
}
