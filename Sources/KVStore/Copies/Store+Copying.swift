public import SystemPackage

extension Store {
    /// Makes a copy of the whole store in another folder, with its namespaces laid out in the same or the other way.
    ///
    /// A store of its own, with all namespaces, their options and attributes, and the application's metadata, as they
    /// were at one moment: consistent as ``checkpoint(to:)`` says. Copying to the same layout is a checkpoint. Copying
    /// to the other one begins with a checkpoint below the target, which is removed at the end, and then reads every
    /// entry and writes it again, while the store is in use: what expires does so at the same time, operands of merges
    /// are combined, namespaces get numbers of their own. Entries are checked against their checksums on the way.
    ///
    /// The copy is made under a temporary name beside the target, put on disk, and renamed last: after a crash it is
    /// there whole or not at all, and what is left under the temporary name holds no `STORE` file unless it is whole;
    /// the next copy to the same target removes it. Takes the disk space of the entries, and twice of those on which
    /// the store's files are not on the same file system; a few MiB of memory, whatever the size. RocksDB: iterators,
    /// `SstFileWriter` and `IngestExternalFile`.
    ///
    /// - Parameters:
    ///   - path: a path where there is nothing, or an empty folder. Folders above it are made as needed. Not within the
    ///     folder of a store or of backups.
    ///   - layout: how the namespaces of the copy lie on disk; as those of the store when nil.
    /// - Throws: `.invalidArgument` for such a path, and when a namespace's merge operator is not among
    ///   ``StoreConfiguration/mergeOperators``; `.corruption` when an entry cannot be read; otherwise as
    ///   ``checkpoint(to:)``. There is no copy then.
    public func copy(to path: FilePath, layout: Layout? = nil) throws(StoreError) {
        let layout = layout ?? self.layout
        try makeStore(at: path.resolved(.copy), layout, .copy) { (folder) throws(StoreError) in
            if layout == self.layout {
                try StoreCopy(self, folder, .copy).make()
            } else {
                try LayoutConversion(self, folder, layout).make()
            }
        }
    }

    /// Makes a copy of the whole store in another folder, in the same or the other layout. Runs on an I/O thread while
    /// the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func copy(to path: FilePath, layout: Layout? = nil) async throws {
        let path = try path.absolute(.copy)
        try await threads.maintenance.run { try self.copy(to: path, layout: layout) }
    }
}
