internal import Glibc
internal import SystemPackage

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
        let base = isUsable ? memory : FilePath.temporaryFolder
        self.base = (try? base.resolved(.open)) ?? base
        atexit { TemporaryFolders.shared.removeAll() }
    }

    /// Makes a folder that names the process it belongs to, and that no other user can look into.
    func make() throws(StoreError) -> FilePath {
        let path = base.appending("\(Self.prefix)\(getpid())-\(UniqueID.make().lowercased())")
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
            UniqueID.isOne(parts[1]), parts[1] == parts[1].lowercased()
        else { return nil }
        return process
    }

    /// Whether it is a folder of this user's alone, in which there is nothing but a store.
    private static func isOurs(_ path: FilePath) -> Bool {
        var status = stat()
        guard lstat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0, let names = try? StoreFiles.list(path, .open)
        else { return false }
        let known: Set = ["LOCK", "STORE", "STORE.new", MetadataWatermark.file, "metadata", "namespaces"]
        return names.allSatisfy { known.contains($0) || StoreDirectory.isStaging($0) }
    }

    private func removeAll() {
        for path in lock.withLock({ folders.keys }) { remove(path) }
    }
}
