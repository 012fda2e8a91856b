import KVStore

/// Where namespaces live in a store that is made.
public enum LayoutChoice: String, CaseIterable, Sendable {
    /// In a database each.
    case separate
    /// Together in a single one.
    case single

    var layout: Store.Layout { self == .separate ? .separateDatabases : .singleDatabase }
}
