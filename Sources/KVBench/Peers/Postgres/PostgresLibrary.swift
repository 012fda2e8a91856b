import CPeers

/// libpq's functions, opened once.
struct PostgresLibrary: Sendable {
    private let library: PeerLibrary<peers_postgres>

    var calls: peers_postgres {
        @inline(__always) get { library.calls.pointee }
    }

    private static let opened = Result { () throws(UsageError) in try PostgresLibrary() }

    /// The library.
    ///
    /// - Throws: `UsageError` that says what to install.
    static func get() throws(UsageError) -> PostgresLibrary { try opened.get() }

    private init() throws(UsageError) {
        library = try PeerLibrary(engine: "postgres", package: "libpq5") { peers_open_postgres($0) }
    }
}
