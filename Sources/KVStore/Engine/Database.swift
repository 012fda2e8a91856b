internal import CRocksDB
internal import Synchronization
internal import SystemPackage

/// One open RocksDB database: the owner of its handle, its column families and all that they point to.
///
/// Closed when the last reference goes. Cursors, snapshots and pinned values hold one, so nothing outlives what it
/// reads.
final class Database: @unchecked Sendable {  // the engine's handle is made to be shared
    let handle: OpaquePointer
    let path: String
    let log: LogState
    /// Whether it was opened for reading only.
    let isReader: Bool
    private let seen: FilesMark?
    let options: DatabaseOptions
    private let columnFamilies: [String: OpaquePointer]
    /// What must outlive the engine's handle, such as the store's lock file.
    private let keepAlive: AnyObject?
    /// What is done once the engine has closed it.
    private let afterClosing = AfterClosing()
    /// Set when it is closed under what still holds it, which stops working, in order.
    private let ending = Atomic<DatabaseEnding>(.none)

    @inline(__always)
    var isClosed: Bool { ending.load(ordering: .relaxed) != .none }

    var isReopened: Bool { ending.load(ordering: .relaxed) == .reopened }

    /// What a call that comes after the end gets.
    var endingFailure: EngineFailure {
        switch ending.load(ordering: .relaxed) {
        case .none, .closed: .refused(.closed, "the store was closed")
        case .dropped: .refused(.namespaceNotFound, "the namespace was dropped")
        case .reopened: .refused(.closed, "the database was reopened meanwhile; begin anew")
        }
    }

    /// Opens the database in the folder `path`.
    ///
    /// - Parameters:
    ///   - families: the column families beside the default one; made where they are missing and `mode` writes.
    ///   - keepAlive: what must outlive the engine's handle.
    ///   - seen: how the files were before they were opened beside a writer.
    init(
        path: String, options: DatabaseOptions, mode: DatabaseMode, families: [String] = [],
        keepAlive: AnyObject? = nil, seen: FilesMark? = nil
    ) throws(EngineFailure) {
        self.path = path
        isReader = mode.isReader
        self.seen = seen
        self.options = options
        self.keepAlive = keepAlive

        var existing = ["default"]
        if !mode.creates {
            existing = try Self.listColumnFamilies(path: path, options: options)
        }
        var handles: [OpaquePointer?] = Array(repeating: nil, count: existing.count)
        let names = existing.map { copyCString($0) }
        defer { for name in names { name.deallocate() } }
        let optionHandles: [OpaquePointer?] = Array(repeating: options.handle, count: existing.count)
        handle = try engineObject { error in
            names.map { UnsafePointer($0) as UnsafePointer<CChar>? }.withUnsafeBufferPointer {
                names -> OpaquePointer? in
                let count = Int32(existing.count)
                switch mode {
                case .create, .existing:
                    return rocksdb_open_column_families(
                        options.handle, path, count, names.baseAddress, optionHandles, &handles, error)
                case .readOnly:
                    return rocksdb_open_for_read_only_column_families(
                        options.handle, path, count, names.baseAddress, optionHandles, &handles, 0, error)
                }
            }
        }
        var opened: [String: OpaquePointer] = [:]
        for (name, handle) in zip(existing, handles) { opened[name] = handle }
        for name in families where opened[name] == nil && !mode.isReader {
            do {
                opened[name] = try engineObject { [handle] in
                    rocksdb_create_column_family(handle, options.handle, name, $0)
                }
            } catch {
                for family in opened.values { rocksdb_column_family_handle_destroy(family) }
                rocksdb_close(handle)
                throw error
            }
        }
        columnFamilies = opened
        log = LogState(durableThrough: rocksdb_get_latest_sequence_number(handle))
        // The gate that refuses writes after a failed one refuses them here too.
        if mode.isReader { log.fail(.readOnly) }
    }

    deinit {
        for family in columnFamilies.values { rocksdb_column_family_handle_destroy(family) }
        rocksdb_close(handle)
        withExtendedLifetime((options, keepAlive)) {}
        afterClosing.run()
    }

    /// Has `action` called when the last reference is gone and the engine has closed the database.
    func whenClosed(_ action: @escaping @Sendable () -> Void) { afterClosing.add(action) }

    private static func listColumnFamilies(path: String, options: DatabaseOptions) throws(EngineFailure) -> [String] {
        var count = 0
        let list = try engineCall { rocksdb_list_column_families(options.handle, path, &count, $0) }
        defer { rocksdb_list_column_families_destroy(list, count) }
        guard let list else { return ["default"] }
        return (0..<count).compactMap { list[$0].map { String(cString: $0) } }
    }

    /// The names of all column families.
    var families: [String] { columnFamilies.keys.sorted() }

    /// The handle of a column family that the database was opened with.
    func columnFamily(_ name: String) -> OpaquePointer? { columnFamilies[name] }

    /// Whether a writer has changed the files since they were opened for reading.
    var isOutdated: Bool {
        guard let seen else { return false }
        return !FilesMark(FilePath(path)).hasSameContent(as: seen)
    }

    func end(_ reason: DatabaseEnding) { ending.store(reason, ordering: .relaxed) }

    var latestSequence: UInt64 { rocksdb_get_latest_sequence_number(handle) }
}

/// What waits for a database to be closed.
private final class AfterClosing: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock()
    private var actions: [@Sendable () -> Void] = []

    func add(_ action: @escaping @Sendable () -> Void) { lock.withLock { actions.append(action) } }

    func run() { for action in lock.withLock({ actions }) { action() } }
}

/// Why a database was closed.
enum DatabaseEnding: UInt8, AtomicRepresentable { case none, closed, dropped, reopened }

private func copyCString(_ text: String) -> UnsafeMutablePointer<CChar> {
    let bytes = text.utf8CString
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { (copy + index).initialize(to: byte) }
    return copy
}
