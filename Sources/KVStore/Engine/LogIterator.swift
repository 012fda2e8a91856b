internal import CRocksDB
internal import Synchronization

/// The engine's iterator over the records of its write-ahead log. Owned once; holds the column family whose log it
/// reads.
struct LogIterator: ~Copyable {
    private let handle: OpaquePointer
    let columnFamily: ColumnFamily

    /// Begins at the record that holds the number `sequence`, or at the first after it; may be at none.
    ///
    /// `sequence` must have been written: the engine says Not found otherwise.
    init(_ columnFamily: ColumnFamily, from sequence: UInt64) throws(EngineFailure) {
        self.columnFamily = columnFamily
        handle = try Self.begin(columnFamily.database, sequence)
        columnFamily.uses.changes.wrappingAdd(1, ordering: .relaxed)
    }

    /// The engine lists the logs, and fails where one goes meanwhile: none does while it is held, unless a writer beside
    /// us removes it.
    private static func begin(_ database: Database, _ sequence: UInt64) throws(EngineFailure) -> OpaquePointer {
        let archive = database.archivedLogs
        archive.hold()
        defer { archive.letGo() }
        var attempts = database.isReader ? 5 : 1
        while true {
            attempts -= 1
            do throws(EngineFailure) {
                try EngineFailure.refusing { () throws(StoreError) in try archive.check(from: sequence) }
                let iterator = try engineCall { rocksdb_get_updates_since(database.handle, sequence, nil, $0) }
                if let iterator { return iterator }
                throw .refused(.engine, "the engine has no iterator over its log")
            } catch {
                guard attempts > 0 else { throw error }
            }
        }
    }

    deinit {
        if !columnFamily.isInForkedChild { rocksdb_wal_iter_destroy(handle) }
        columnFamily.uses.changes.wrappingSubtract(1, ordering: .releasing)
        withExtendedLifetime(columnFamily) {}
    }

    /// Whether it is at a record.
    var isValid: Bool { rocksdb_wal_iter_valid(handle) != 0 }

    /// Goes to the next record. Only after it was at one: the engine ends the process otherwise.
    func next() { rocksdb_wal_iter_next(handle) }

    /// Throws why it is at no record, unless that is the end of the log.
    func check() throws(EngineFailure) { try engineCall { rocksdb_wal_iter_status(handle, $0) } }

    /// Calls `body` with the record it is at and the record's first number. Only while ``isValid``, and once for each
    /// record: the engine gives it away.
    func withRecord<Result>(
        _ body: (UInt64, UnsafeRawBufferPointer) throws(EngineFailure) -> Result
    ) throws(EngineFailure) -> Result {
        var sequence: UInt64 = 0
        let batch = rocksdb_wal_iter_get_batch(handle, &sequence)
        defer { rocksdb_writebatch_destroy(batch) }
        var count = 0
        let start = rocksdb_writebatch_data(batch, &count)
        return try body(sequence, UnsafeRawBufferPointer(start: start, count: count))
    }
}
