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

    init(_ folder: FilePath) throws(StoreError) {
        self.folder = folder
        let path = folder.appending("LOCK")
        let descriptor = try StoreFiles.openFile(path, O_RDWR | O_CREAT, .open, action: "open the lock file")
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let failure = StoreFiles.failure(.open, path, "lock the store")
            Glibc.close(descriptor)
            guard isHeld else { throw failure }
            throw StoreError(
                .alreadyOpen, .open, path: folder,
                "the store is open in another process or elsewhere in this one; close it there, and end the cursors and "
                    + "pinned values that still read it")
        }
        file = HeldLockFile(descriptor)
    }

    deinit {
        if isTemporary.load(ordering: .relaxed) { TemporaryFolders.shared.remove(folder) }
        file.release()
    }

    /// Has the folder removed with the lock.
    func removesFolder() { isTemporary.store(true, ordering: .relaxed) }
}

/// The store's own hold on its lock, until it is closed. Databases hold the lock themselves, so that it lasts as long as
/// the last of them.
final class StoreLockHold: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock(.innermost)
    private var held: StoreLock?

    init(_ folder: FilePath) throws(StoreError) { held = try StoreLock(folder) }

    /// The lock, nil once the store was closed.
    var current: StoreLock? { lock.withLock { held } }

    func release() { lock.withLock { held = nil } }
}
