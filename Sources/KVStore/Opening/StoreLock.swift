internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The lock that lets one process, and one handle in it, open a store.
///
/// A lock of our own beside those of the engine: it also covers the making of the store, and lasts until the last
/// database of the store is closed. An open-file lock, so that closing another descriptor of the file does not drop it.
final class StoreLock: Sendable {
    private let folder: FilePath
    private let file: HeldLockFile
    private let isTemporary = Atomic<Bool>(false)

    /// Whether the file was not there before.
    private let isNew: Bool

    /// - Parameter isCreating: whether the file is made when it is missing.
    init(_ folder: FilePath, creating isCreating: Bool = true) throws(StoreError) {
        self.folder = folder
        var isNew = false
        file = try Self.lock(folder, isCreating, &isNew)
        self.isNew = isNew
    }

    private static func lock(
        _ folder: FilePath, _ isCreating: Bool, _ isNew: inout Bool
    ) throws(StoreError) -> HeldLockFile {
        let path = folder.appending("LOCK")
        // Again when the file went, with an opening that failed, between the opening and the locking of it.
        while true {
            let descriptor: Int32
            (descriptor, isNew) = try open(path, isCreating)
            guard let file = try HeldLockFile(locking: descriptor, path, .open, action: "lock the store") else {
                throw StoreError(
                    .alreadyOpen, .open, path: folder,
                    "the store is open in another process or elsewhere in this one; close it there, and end the cursors and "
                        + "pinned values that still read it")
            }
            if file.isStill(at: path) { return file }
        }
    }

    private static func open(_ path: FilePath, _ isCreating: Bool) throws(StoreError) -> (Int32, isNew: Bool) {
        let descriptor = isCreating ? Glibc.open(path.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644) : -1
        if descriptor >= 0 { return (descriptor, true) }
        let flags = isCreating ? O_RDWR | O_CREAT : O_RDWR
        return (try StoreFiles.openFile(path, flags, .open, action: "open the lock file"), false)
    }

    /// Removes the file if it was not there before: for an opening that fails.
    func removeIfNew() {
        if isNew { unlink(folder.appending("LOCK").string) }
    }

    deinit {
        if isTemporary.load(ordering: .relaxed) { TemporaryFolders.shared.remove(folder) }
    }

    /// Has the folder removed with the lock.
    func removesFolder() { isTemporary.store(true, ordering: .relaxed) }
}

/// The store's own hold on its lock, until it is closed. Databases hold the lock themselves, so that it lasts as long
/// as the last of them.
final class StoreLockHold: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock(.innermost)
    private var held: StoreLock?

    init(_ folder: FilePath) throws(StoreError) { held = try StoreLock(folder) }

    /// The lock, nil once the store was closed.
    var current: StoreLock? { lock.withLock { held } }

    func release() {
        // What goes with the last hold on it, the folder of a store in memory, is not waited for inside.
        let released = lock.withLock { held.take() }
        withExtendedLifetime(released) {}
    }
}
