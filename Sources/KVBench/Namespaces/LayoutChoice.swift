import KVStore

/// Where namespaces live in a store that is made.
public enum LayoutChoice: String, CaseIterable, Sendable {
    case separate, single

    var layout: Store.Layout { self == .separate ? .separateDatabases : .singleDatabase }
}
