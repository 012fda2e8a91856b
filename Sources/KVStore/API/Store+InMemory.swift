internal import Glibc
internal import SystemPackage

extension Store {
    /// Makes a store in memory, for tests: everything works as in any other store, and nothing of it is left when it is
    /// closed.
    ///
    /// ```swift
    /// let store = try Store.inMemory()
    /// let orders = try store.createNamespace("orders")
    /// ```
    ///
    /// Its folder, which only the user can look into, is on the memory file system `/dev/shm`, under a name of its own
    /// that ``path`` tells, and it is removed
    /// when the store is closed, or, while cursors and pinned values still read it, with the last of them; when the
    /// process exits; and, after a process that was killed, by the user's next call of this on the machine. Where there
    /// is no `/dev/shm` that can be written, it is in the folder for temporary files instead, which may be on a disk.
    /// RocksDB's own memory environment is not used: what the library does to files would go past it.
    ///
    /// ``checkpoint(to:)`` and ``backup(to:checksShared:)`` copy it to a disk, and another process can read beside it. Syncs cost
    /// next to nothing and protect from nothing: what a power cut or the end of the process would leave cannot be
    /// tested with it. Takes the memory of its files beside that of caches and memtables, and of `/dev/shm` at most
    /// what that holds, which is 64 MiB in a container unless it is told otherwise.
    ///
    /// - Parameter configuration: ``StoreConfiguration/inMemory`` unless you say otherwise.
    /// - Throws: `.invalidArgument` for a configuration that does not hold together, or does not create and write;
    ///   `.ioError` and `.noSpace` from the system.
    public static func inMemory(configuration: StoreConfiguration = .inMemory) throws(StoreError) -> Store {
        // Before anything else: what the language's own library makes on first use may be locked for ever there.
        if ForkedChild.isThisProcess { throw .forked(.open) }
        guard configuration.createIfMissing, !configuration.isReader else {
            throw StoreError(
                .invalidArgument, .open,
                "a store in memory is always made and written; leave createIfMissing and access")
        }
        TemporaryFolders.shared.removeLeftovers()
        let path = try TemporaryFolders.shared.make()
        do throws(StoreError) {
            let store = try open(at: path, configuration: configuration)
            store.directory.lock?.current?.removesFolder()
            return store
        } catch {
            TemporaryFolders.shared.remove(path)
            throw error
        }
    }

    /// Makes a store in memory, for tests. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public static func inMemory(configuration: StoreConfiguration = .inMemory) async throws -> Store {
        try await StoreThreads.withoutStore.run { try Store.inMemory(configuration: configuration) }
    }
}

extension StoreConfiguration {
    /// The documented tuning with memtables of 4 MiB (metadata: 1 MiB), a cache of 32 MiB and no syncing: for
    /// ``Store/inMemory(configuration:)``.
    public static var inMemory: StoreConfiguration {
        var configuration = StoreConfiguration()
        configuration.namespaceTuning.memtableSize = .mebibytes(4)
        configuration.metadataTuning.memtableSize = .mebibytes(1)
        configuration.metadataTuning.blockCacheCapacity = .mebibytes(8)
        configuration.blockCache = .shared(.mebibytes(32))
        configuration.walSyncInterval = nil
        return configuration
    }
}
