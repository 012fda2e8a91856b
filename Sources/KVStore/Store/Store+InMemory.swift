internal import FoundationEssentials
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
    /// Its folder, which only the user can look into, is on the memory file system `/dev/shm`, under a name of its own that
    /// ``path`` tells, and it is removed
    /// when the store is closed, or, while cursors and pinned values still read it, with the last of them; when the
    /// process exits; and, after a process that was killed, by the user's next call of this on the machine. Where there is no
    /// `/dev/shm` that can be written, it is in the folder for temporary files instead, which may be on a disk. RocksDB's own
    /// memory environment is not used: what the library does to files would go past it.
    ///
    /// ``checkpoint(to:)`` and ``backup(to:)`` copy it to a disk, and another process can read beside it. Syncs cost next to
    /// nothing and protect from nothing: what a power cut or the end of the process would leave cannot be tested with it.
    /// Takes the memory of its files beside that of caches and memtables, and of `/dev/shm` at most what that holds, which is
    /// 64 MiB in a container unless it is told otherwise.
    ///
    /// - Parameter configuration: ``StoreConfiguration/inMemory`` unless you say otherwise.
    /// - Throws: `.invalidArgument` for a configuration that does not hold together, or does not create and write; `.ioError`
    ///   and `.noSpace` from the system.
    public static func inMemory(configuration: StoreConfiguration = .inMemory) throws(StoreError) -> Store {
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

/// The folders of stores that are gone when they are closed.
final class TemporaryFolders: @unchecked Sendable {  // guarded by its lock
    static let shared = TemporaryFolders()

    private let lock = Lock(.innermost)
    /// With the process that made each: a child that was forked has the list too.
    private var folders: [FilePath: pid_t] = [:]
    private let base: FilePath
    private static let prefix = "kvstore-memory-"

    private init() {
        let memory = FilePath("/dev/shm")
        let isUsable = StoreFiles.isDirectory(memory) && access(memory.string, R_OK | W_OK | X_OK) == 0
        let base = isUsable ? memory : FilePath(FileManager.default.temporaryDirectory.path)
        self.base = (try? base.resolved(.open)) ?? base
        atexit { TemporaryFolders.shared.removeAll() }
    }

    /// Makes a folder that names the process it belongs to, and that no other user can look into.
    func make() throws(StoreError) -> FilePath {
        let path = base.appending("\(Self.prefix)\(getpid())-\(UUID().uuidString.lowercased())")
        guard try StoreFiles.makeFolder(path, .open, mode: 0o700) else {
            throw StoreError(.ioError, .open, path: path, "the folder for a store in memory is there already")
        }
        lock.withLock { folders[path] = getpid() }
        return path
    }

    func remove(_ path: FilePath) {
        guard lock.withLock({ folders.removeValue(forKey: path) }) == getpid() else { return }
        // Best effort: what is left goes with the next store of this kind.
        try? StoreFiles.remove(path, .close)
    }

    /// Removes what processes that were killed have left.
    func removeLeftovers() {
        for name in (try? StoreFiles.list(base, .open)) ?? [] {
            guard let process = Self.process(of: name), kill(process, 0) != 0, errno == ESRCH else { continue }
            let path = base.appending(name)
            guard Self.isOurs(path) else { continue }
            // The number may be of a process that cannot be seen from here; its lock can.
            guard let held = try? StoreLock(path, creating: false) else { continue }
            try? StoreFiles.remove(path, .open)
            withExtendedLifetime(held) {}
        }
    }

    /// The process whose folder has a name; nil for a name that we did not give.
    private static func process(of name: String) -> pid_t? {
        guard name.hasPrefix(prefix) else { return nil }
        let parts = name.dropFirst(prefix.count).split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let process = pid_t(parts[0]), process > 0,
            let id = UUID(uuidString: String(parts[1])), id.uuidString.lowercased() == parts[1]
        else { return nil }
        return process
    }

    /// Whether it is a folder of this user's alone, in which there is nothing but a store.
    private static func isOurs(_ path: FilePath) -> Bool {
        var status = stat()
        guard lstat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0, let names = try? StoreFiles.list(path, .open)
        else { return false }
        let known: Set = ["LOCK", "STORE", "STORE.new", MetadataPromise.file, "metadata", "namespaces"]
        return names.allSatisfy { known.contains($0) || Store.isStaging($0) }
    }

    private func removeAll() {
        for path in lock.withLock({ folders.keys }) { remove(path) }
    }
}
