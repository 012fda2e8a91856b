internal import SystemPackage

/// Where the column families of namespaces live on disk: how they are made, opened and removed.
///
/// Making is done with the catalog lock held.
protocol NamespaceStorage: AnyObject, Sendable {
    /// The cache that all namespaces share; nil where each has its own.
    var cache: BlockCache? { get }

    /// How many namespaces are open at the same time; nil for all of them, in one database that bounds its memtables
    /// and descriptors itself.
    var maxOpen: Int? { get }

    /// Whether one commit can be of several namespaces, which takes one log.
    var commitsTogether: Bool { get }

    /// The tuning that a namespace has which was given this one: of a database that all share, there is one.
    func effective(_ tuning: Tuning) -> Tuning

    /// Whether a namespace can only be removed when nothing reads it any more.
    var keepsWhatIsRead: Bool { get }

    /// The databases that hold namespaces.
    ///
    /// - Parameter slots: of the namespaces that are asked for. A database that holds none of them is listed where all
    ///   are in one.
    func databases(of slots: [NamespaceSlot]) -> [NamespaceDatabase]

    /// The database that all namespaces are in, opened unless it is; nil where each has its own.
    func sharedDatabase() throws(StoreError) -> Database?

    /// The folder that errors of a namespace name, and where files to be taken over are written.
    func folder(of id: UInt64) -> FilePath

    /// The file that says beside the database that ranges were deleted in a namespace: see ``RangeDeletionMark``.
    func rangeDeletionMark(of id: UInt64) -> RangeDeletionMark

    /// Makes what a new store has before its first namespace.
    func makeStore() throws(StoreError)

    /// Whether no namespace of that number is on disk.
    func isFree(_ id: UInt64) throws(StoreError) -> Bool

    /// Makes the column family of a namespace: on disk when this returns.
    ///
    /// - Returns: the number of a commit that comes before all of the namespace's.
    func make(_ record: CatalogRecord, _ format: ValueFormat) throws(StoreError) -> UInt64

    /// Whether the making of a column family that was cut short came to its end; if so, it is on disk when this
    /// returns.
    func isWhole(_ record: CatalogRecord) throws(StoreError) -> Bool

    /// Removes a column family with its data, as far as it is there.
    ///
    /// - Parameter goOn: asked now and then whether to go on.
    /// - Returns: whether it was removed to the end.
    @discardableResult
    func remove(
        _ id: UInt64, _ operation: StoreError.Operation, while goOn: () -> Bool
    ) throws(StoreError) -> Bool

    /// Puts on disk that column families were removed.
    func syncRemovals(_ operation: StoreError.Operation) throws(StoreError)

    /// About how much disk a namespace takes.
    func sizeOnDisk(_ id: UInt64, _ slot: NamespaceSlot?) throws(StoreError) -> DiskSize

    /// Opens the column family of a namespace. Called by one thread at a time for each.
    func open(
        _ record: CatalogRecord, _ format: ValueFormat, maxOpenFiles: Int?, _ context: ErrorContext
    ) throws(StoreError) -> ColumnFamily

    /// Throws when something is on disk that the catalog does not know, as far as that can be told at the opening.
    ///
    /// - Parameter dropped: what may still be there.
    func checkAgainstCatalog(_ dropped: [CatalogRecord]) throws(StoreError)

    /// Has what is opened next be opened anew, beside what others still hold of it.
    func forget()

    /// How often what namespaces share was opened; nil where they share nothing.
    var generation: Int? { get }

    /// Opens the database of a namespace anew, with all that is in it, unless something uses it.
    ///
    /// - Parameters:
    ///   - generation: what it was when the caller met the need: others may have done it since.
    ///   - whileNamespacesStay: runs what it is given while no namespace comes or goes, with the slots of all.
    /// - Returns: what uses the database; nil when it was opened anew.
    func reopen(
        _ slot: NamespaceSlot, since generation: Int?,
        _ whileNamespacesStay: (([NamespaceSlot]) throws(StoreError) -> DatabaseUsers?) throws(StoreError) ->
            DatabaseUsers?
    ) throws(StoreError) -> DatabaseUsers?

    /// Makes room for one more namespace, where it takes closing those that there are. The catalog lock is held.
    ///
    /// - Throws: `.busy` when what uses them does not end.
    func makeRoom(for record: CatalogRecord, in pool: OpenNamespaces) throws(StoreError)

    /// What the logs of the database that a namespace is in are kept for beyond what recovery needs; nil for nothing.
    func logRetention(of slot: NamespaceSlot) -> LogRetention?

    /// To be called when the catalog's entry of a namespace says something else of how long its changes are kept.
    func noteRetention(of record: CatalogRecord)

    /// Opens nothing any more that namespaces share; what is open stays so until ``close()``.
    func beginClosing()

    /// Lets go of what is shared by namespaces, when all of them are closed.
    func close() throws(StoreError)
}

extension NamespaceStorage {
    /// Removes a column family with its data, as far as it is there; on disk when this returns.
    func remove(_ id: UInt64, _ operation: StoreError.Operation) throws(StoreError) {
        try remove(id, operation) { true }
        try syncRemovals(operation)
    }
}

extension StoreError {
    /// What is on disk and not in the catalog.
    static func unknownNamespace(_ path: FilePath, _ what: String) -> StoreError {
        StoreError(
            .corruption, .open, path: path,
            "the catalog knows no namespace of \(what): the metadata database has lost commits. Restore the store from a "
                + "backup, or set acceptsDataLoss to go on with the namespaces that it knows")
    }
}
