internal import CRocksDB
internal import Synchronization

/// One open RocksDB database: the owner of its handle, its column families and all that they point to.
///
/// Closed when the last reference goes. Cursors, snapshots and pinned values hold one, so nothing outlives what it
/// reads.
final class Database: @unchecked Sendable {  // the engine's handle is made to be shared
    let handle: OpaquePointer
    let path: String
    let log: LogState
    let options: DatabaseOptions
    private let columnFamilies: [String: OpaquePointer]
    /// What must outlive the engine's handle, such as the store's lock file.
    private let keepAlive: AnyObject?
    /// Set when it is closed under what still holds it, which stops working, in order.
    private let ending = Atomic<DatabaseEnding>(.none)

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
    ///   - create: whether to create it. Only for a database that has never existed: with its CURRENT file lost, a
    ///     database would otherwise come back empty.
    ///   - families: the column families beside the default one.
    init(
        path: String, options: DatabaseOptions, create: Bool, families: [String] = [], keepAlive: AnyObject? = nil
    ) throws(EngineFailure) {
        self.path = path
        self.options = options
        self.keepAlive = keepAlive

        var existing = ["default"]
        if !create {
            existing = try Self.listColumnFamilies(path: path, options: options)
        }
        var handles: [OpaquePointer?] = Array(repeating: nil, count: existing.count)
        let names = existing.map { copyCString($0) }
        defer { for name in names { name.deallocate() } }
        let optionHandles: [OpaquePointer?] = Array(repeating: options.handle, count: existing.count)
        handle = try engineObject { error in
            names.map { UnsafePointer($0) as UnsafePointer<CChar>? }.withUnsafeBufferPointer { names in
                rocksdb_open_column_families(
                    options.handle, path, Int32(existing.count), names.baseAddress, optionHandles, &handles, error)
            }
        }
        var opened: [String: OpaquePointer] = [:]
        for (name, handle) in zip(existing, handles) { opened[name] = handle }
        for name in families where opened[name] == nil {
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
    }

    deinit {
        for family in columnFamilies.values { rocksdb_column_family_handle_destroy(family) }
        rocksdb_close(handle)
        withExtendedLifetime((options, keepAlive)) {}
    }

    private static func listColumnFamilies(path: String, options: DatabaseOptions) throws(EngineFailure) -> [String] {
        var count = 0
        let list = try engineCall { rocksdb_list_column_families(options.handle, path, &count, $0) }
        defer { rocksdb_list_column_families_destroy(list, count) }
        guard let list else { return ["default"] }
        return (0..<count).compactMap { list[$0].map { String(cString: $0) } }
    }

    /// The handle of a column family that the database was opened with.
    func columnFamily(_ name: String) -> OpaquePointer? { columnFamilies[name] }

    func end(_ reason: DatabaseEnding) { ending.store(reason, ordering: .relaxed) }

    var latestSequence: UInt64 { rocksdb_get_latest_sequence_number(handle) }
}

/// Why a database was closed.
enum DatabaseEnding: UInt8, AtomicRepresentable { case none, closed, dropped, reopened }

private func copyCString(_ text: String) -> UnsafeMutablePointer<CChar> {
    let bytes = text.utf8CString
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { (copy + index).initialize(to: byte) }
    return copy
}
