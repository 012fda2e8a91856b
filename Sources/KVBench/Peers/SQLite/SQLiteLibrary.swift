import CPeers

/// SQLite's functions, opened once.
struct SQLiteLibrary: Sendable {
    private let library: PeerLibrary<peers_sqlite>

    var calls: peers_sqlite {
        @inline(__always) get { library.calls.pointee }
    }

    var version: String { String(cString: calls.libversion()) }

    static let row = Int32(peers_sqlite_row)
    static let done = Int32(peers_sqlite_done)
    static let ok = Int32(peers_sqlite_ok)

    private static let opened = Result { () throws(UsageError) in try SQLiteLibrary() }

    /// The library.
    ///
    /// - Throws: `UsageError` that says what to install.
    static func get() throws(UsageError) -> SQLiteLibrary { try opened.get() }

    private init() throws(UsageError) {
        library = try PeerLibrary(engine: "sqlite", package: "libsqlite3-0") { peers_open_sqlite($0) }
        library.calls.pointee.stop_counting_memory()
    }
}
