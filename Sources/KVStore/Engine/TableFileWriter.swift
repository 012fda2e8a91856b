internal import CRocksDB
internal import Synchronization

/// Writes one of the engine's table files outside its database, to be taken over whole.
struct TableFileWriter: ~Copyable {
    private let handle: OpaquePointer
    private let environment: OpaquePointer

    /// - Parameter options: what the database was opened with, so that the file is made like its own.
    init(path: String, _ options: DatabaseOptions) throws(EngineFailure) {
        let environment: OpaquePointer = rocksdb_envoptions_create()
        let handle: OpaquePointer = rocksdb_sstfilewriter_create(environment, options.handle)
        do {
            try engineCall { rocksdb_sstfilewriter_open(handle, path, $0) }
        } catch {
            rocksdb_sstfilewriter_destroy(handle)
            rocksdb_envoptions_destroy(environment)
            throw error
        }
        self.handle = handle
        self.environment = environment
    }

    deinit {
        rocksdb_sstfilewriter_destroy(handle)
        rocksdb_envoptions_destroy(environment)
    }

    /// Adds an entry, whose key must be above the one before.
    func put(_ key: RawSpan, _ value: RawSpan) throws(EngineFailure) {
        try key.withChars { (key, keyCount) throws(EngineFailure) in
            try value.withChars { (value, valueCount) throws(EngineFailure) in
                try engineCall { rocksdb_sstfilewriter_put(handle, key, keyCount, value, valueCount, $0) }
            }
        }
    }

    /// Ends the file. There must be an entry in it.
    func finish() throws(EngineFailure) {
        try engineCall { rocksdb_sstfilewriter_finish(handle, $0) }
    }
}

extension Keyspace {
    /// Takes table files over, all or none. They must not overlap.
    func ingest(_ paths: [String]) throws(EngineFailure) {
        let log = database.log
        if let failure = log.failure { throw failure }
        // What is taken over is on disk at once, and what was committed before it must not come back older.
        try database.syncLog()
        let options: OpaquePointer = rocksdb_ingestexternalfileoptions_create()
        defer { rocksdb_ingestexternalfileoptions_destroy(options) }
        rocksdb_ingestexternalfileoptions_set_move_files(options, 1)
        let names = paths.map { Array($0.utf8CString) }
        let locks = canLockOutWrites
        if locks { writeLock.lockShared() }
        defer { if locks { writeLock.unlock() } }
        do {
            try withPointers(to: names) { (pointers) throws(EngineFailure) in
                try takeOver(pointers, options, attempts: Self.loadAttempts)
            }
        } catch {
            log.stopWrites(after: error)
            throw error
        }
        loads.wrappingAdd(1, ordering: .releasing)
        otherCommits.wrappingAdd(1, ordering: .releasing)
        log.noteHole(through: database.latestSequence)
    }

    private static let loadAttempts = 10

    /// RocksDB 7.8 answers "Try again" now and then in a database of several column families, and has taken nothing over.
    private func takeOver(
        _ paths: [UnsafePointer<CChar>?], _ options: OpaquePointer, attempts: Int
    ) throws(EngineFailure) {
        for attempt in 1...attempts {
            do throws(EngineFailure) {
                return try engineCall {
                    rocksdb_ingest_external_file_cf(database.handle, family, paths, paths.count, options, $0)
                }
            } catch {
                guard error.code == .busy, attempt < attempts else { throw error }
            }
        }
    }
}

private func withPointers<Result>(
    to names: [[CChar]], _ body: ([UnsafePointer<CChar>?]) throws(EngineFailure) -> Result
) throws(EngineFailure) -> Result {
    let copies = names.map { name in
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: name.count)
        copy.initialize(from: name, count: name.count)
        return copy
    }
    defer { for copy in copies { copy.deallocate() } }
    return try body(copies.map { UnsafePointer($0) })
}
