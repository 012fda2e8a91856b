import CPeers

/// LMDB's functions, opened once.
struct LMDBLibrary: Sendable {
    private let library: PeerLibrary<peers_lmdb>

    var calls: peers_lmdb {
        @inline(__always) get { library.calls.pointee }
    }

    var version: String {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        _ = calls.version(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }

    static let notFound = Int32(peers_lmdb_notfound)

    private static let opened = Result { () throws(UsageError) in try LMDBLibrary() }

    /// The library.
    ///
    /// - Throws: `UsageError` that says what to install.
    static func get() throws(UsageError) -> LMDBLibrary { try opened.get() }

    private init() throws(UsageError) {
        library = try PeerLibrary(engine: "lmdb", package: "liblmdb0") { peers_open_lmdb($0) }
    }

    /// - Throws: What the library says to a status other than 0.
    @inline(__always)
    func check(_ status: Int32, _ call: StaticString) throws {
        if status != 0 { throw failure(status, call) }
    }

    private func failure(_ status: Int32, _ call: StaticString) -> PeerFailure {
        PeerFailure("LMDB", "\(call)", String(cString: calls.strerror(status)))
    }
}

extension peers_lmdb_value {
    /// What is written or looked for: LMDB changes none of it.
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(count: bytes.count, start: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }

    /// The bytes where the database has them.
    @inline(__always)
    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}
