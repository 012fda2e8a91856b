internal import SystemPackage

/// A database that holds namespaces, with the slots of those that are in it: what is opened, synced, copied, reopened
/// and brought up to date together. A layout lists them: see ``NamespaceStorage/databases(of:)``.
struct NamespaceDatabase {
    let place: DatabasePlace
    let slots: [NamespaceSlot]
}

/// Where a database that holds namespaces is, and the number under which the catalog knows what it has on disk.
struct DatabasePlace {
    let number: UInt64
    let folder: FilePath
}

extension StoreDirectory {
    /// The number of the database that all namespaces are in, in a store of that layout; no namespace has it.
    static let sharedDatabase: UInt64 = 0

    /// Where the database is that holds a namespace.
    func place(of id: UInt64) -> DatabasePlace {
        switch layout {
        case .separateDatabases: DatabasePlace(number: id, folder: namespace(id: id))
        case .singleDatabase: DatabasePlace(number: Self.sharedDatabase, folder: namespaces)
        }
    }
}
