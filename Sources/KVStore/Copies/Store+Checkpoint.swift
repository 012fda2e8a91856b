public import SystemPackage

extension Store {
    /// Makes a copy of the whole store in another folder: a store of its own, with all namespaces as they were at one
    /// moment.
    ///
    /// *Consistent across namespaces* means: there is a moment during the call such that the copy holds every commit,
    /// to any namespace or to the metadata, that was acknowledged before it, and none that began after it. To get
    /// there, all calls on the store wait for as long as it takes to link the files of the open databases and to copy
    /// their logs; what is large is flushed before, while calls go on. Compactions that were asked for end first.
    ///
    /// Table files are hard links where the target is on the same file system, so the copy takes little space until the
    /// store changes, and copies where it is not, which takes longer and holds up calls meanwhile. `.unlogged` commits
    /// are in the copy too. The copy has an identity of its own; neither store notices what happens to the other.
    ///
    /// The copy is made under a temporary name beside the target, put on disk, and renamed last: after a crash it is
    /// there whole or not at all. What a crash leaves is removed by the next checkpoint to the same target. Of several
    /// calls that make something at the same target, in whatever processes, one makes it and the others throw.
    /// RocksDB: `Checkpoint::CreateCheckpoint`.
    ///
    /// - Parameter path: a path where there is nothing, or an empty folder. Folders above it are made as needed. Not
    ///   within the folder of a store or of backups.
    /// - Throws: `.invalidArgument` for such a path; `.busy` while another call makes something there; `.readOnly` for
    ///   a store that is open for reading only; `.ioError` and `.noSpace` from the system, also when a namespace has
    ///   stopped taking writes: call its `reopen()` first. `.closed`.
    public func checkpoint(to path: FilePath) throws(StoreError) {
        try makeStore(at: path.resolved(.checkpoint), layout, .checkpoint) { (folder) throws(StoreError) in
            try StoreCopy(self, folder, .checkpoint).make()
        }
    }

    /// Makes a copy of the whole store in another folder. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func checkpoint(to path: FilePath) async throws {
        let path = try path.absolute(.checkpoint)
        try await threads.maintenance.run { try self.checkpoint(to: path) }
    }

    /// Makes another store, whole or not at all, in a folder that `body` fills.
    ///
    /// - Parameter path: resolved.
    func makeStore(
        at path: FilePath, _ layout: Layout, _ operation: StoreError.Operation,
        _ body: (FilePath) throws(StoreError) -> Void
    ) throws(StoreError) {
        try checkCopying(to: path, operation)
        let folder = try StagedFolder(path, .make(layout), operation)
        do throws(StoreError) {
            try body(folder.path)
            try folder.publish()
        } catch {
            folder.abandon()
            throw error
        }
    }

    /// Refuses to make a copy of the store where it cannot be: at a resolved path.
    func checkCopying(to path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        try checkIsNotForked(operation)
        if configuration.isReader {
            throw ErrorContext(namespace: nil, path: self.path).error(EngineFailure.readOnly, operation)
        }
        if path.isWithin(self.path) {
            throw StoreError(
                .invalidArgument, operation, path: path, "the path is within the folder of the store, which is its own")
        }
    }
}
