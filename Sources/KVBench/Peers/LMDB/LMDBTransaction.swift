import CPeers

/// The calls inside a transaction.
struct LMDBTransaction: BenchTransaction {
    private let library: LMDBLibrary
    private let handle: OpaquePointer
    private let database: UInt32

    init(_ library: LMDBLibrary, _ handle: OpaquePointer, _ database: UInt32) {
        self.library = library
        self.handle = handle
        self.database = database
    }

    func get(_ key: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Bool {
        try key.withUnsafeBytes { bytes in
            var (key, value) = (peers_lmdb_value(bytes), peers_lmdb_value())
            let status = library.calls.get(handle, database, &key, &value)
            if status == LMDBLibrary.notFound { return false }
            try library.check(status, "get")
            try body(value.buffer.bytes)
            return true
        }
    }

    mutating func read(_ key: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Bool { try get(key, body) }

    mutating func put(_ key: RawSpan, _ value: RawSpan) throws {
        try key.withUnsafeBytes { keyBytes in
            try value.withUnsafeBytes { valueBytes in
                var (key, value) = (peers_lmdb_value(keyBytes), peers_lmdb_value(valueBytes))
                try library.check(library.calls.put(handle, database, &key, &value, 0), "put")
            }
        }
    }

    func delete(_ key: RawSpan) throws {
        try key.withUnsafeBytes { bytes in
            var key = peers_lmdb_value(bytes)
            let status = library.calls.del(handle, database, &key, nil)
            if status != LMDBLibrary.notFound { try library.check(status, "delete") }
        }
    }
}
