internal import SystemPackage

/// A file that is there when ranges were deleted in a namespace, beside its database.
///
/// Only with range deletions do reads look for them. The catalog says so too, but a catalog that lost commits would
/// have what was deleted come back: either of the two is enough.
struct RangeDeletionMark {
    let path: FilePath

    var exists: Bool { StoreFiles.exists(path) }

    /// Makes it: on disk when this returns.
    func make(_ operation: StoreError.Operation) throws(StoreError) {
        guard !exists else { return }
        try StoreFiles.write("Ranges of keys were deleted here.\n", to: path, operation)
        try StoreFiles.syncFolder(path.removingLastComponent(), operation)
    }
}

extension NamespaceStorage {
    /// Whether reads of a namespace have to look for range deletions.
    ///
    /// - Parameter isCatalogOlder: whether the catalog may have forgotten that there are any.
    func looksForRangeDeletions(
        _ record: CatalogRecord, _ configuration: StoreConfiguration, isCatalogOlder: Bool
    ) throws(StoreError) -> Bool {
        // Who reads beside a writer may not have heard of its first range deletion.
        if configuration.isReader { return true }
        let mark = rangeDeletionMark(of: record.id)
        if mark.exists { return true }
        guard record.deletesRanges || isCatalogOlder else { return false }
        // From before there were such files, or for the time when nobody knows any more what the catalog has lost.
        try mark.make(.open)
        return true
    }
}
