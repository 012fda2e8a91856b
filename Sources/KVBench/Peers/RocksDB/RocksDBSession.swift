import CRocksDB

/// A worker's view of the database, which is made for many threads.
final class RocksDBSession: BenchSession {
    private let engine: RocksDBEngine
    private let database: OpaquePointer
    /// Used again for every commit, so that it keeps its memory.
    private let batch: OpaquePointer

    init(_ engine: RocksDBEngine) {
        self.engine = engine
        database = engine.database
        batch = rocksdb_writebatch_create()
    }

    deinit { rocksdb_writebatch_destroy(batch) }

    func run(_ update: inout some BenchUpdate, in keyspace: Int) throws {
        engine.locks[keyspace].lock()
        defer { engine.locks[keyspace].unlock() }
        rocksdb_writebatch_clear(batch)
        var transaction = RocksDBTransaction(session: self, batch: batch, family: engine.families[keyspace], keyspace)
        try update.run(in: &transaction)
        try write()
    }

    func put(_ key: RawSpan, _ value: RawSpan, in keyspace: Int) throws {
        try key.withChars { key, keyCount in
            try value.withChars { value, valueCount in
                try rocksDBCall("put") {
                    rocksdb_put_cf(
                        database, engine.writeOptions, engine.families[keyspace], key, keyCount, value, valueCount, $0)
                }
            }
        }
    }

    func merge(_ key: RawSpan, _ operand: RawSpan, in keyspace: Int) throws {
        try key.withChars { key, keyCount in
            try operand.withChars { operand, operandCount in
                try rocksDBCall("merge") {
                    rocksdb_merge_cf(
                        database, engine.writeOptions, engine.families[keyspace], key, keyCount, operand, operandCount,
                        $0)
                }
            }
        }
    }

    func delete(_ key: RawSpan, in keyspace: Int) throws {
        try key.withChars { key, count in
            try rocksDBCall("delete") {
                rocksdb_delete_cf(database, engine.writeOptions, engine.families[keyspace], key, count, $0)
            }
        }
    }

    func commit(_ writes: inout some BenchBatch, in keyspace: Int) throws {
        rocksdb_writebatch_clear(batch)
        var writer = RocksDBTransaction(session: self, batch: batch, family: engine.families[keyspace], keyspace)
        try writes.write(to: &writer)
        try write()
    }

    private func write() throws {
        try rocksDBCall("write a batch") { rocksdb_write(database, engine.writeOptions, batch, $0) }
    }

    func read(_ key: RawSpan, in keyspace: Int, _ body: (RawSpan) throws -> Void) throws -> Bool {
        let found = try key.withChars { key, count in
            try rocksDBCall("get") {
                rocksdb_get_pinned_cf(database, engine.readOptions, engine.families[keyspace], key, count, $0)
            }
        }
        guard let slice = found else { return false }
        defer { rocksdb_pinnableslice_destroy(slice) }
        try body(kvstore_slice_value(slice).buffer.bytes)
        return true
    }

    func scan(
        prefix: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        guard let end = KeyPrefix.end(prefix) else {
            return try scan(prefix, limit, keyspace, engine.readOptions, body)
        }
        // The options keep this pointer, so that it has to live as long.
        try end.withUnsafeBufferPointer { end in
            let options: OpaquePointer = rocksdb_readoptions_create()
            defer { rocksdb_readoptions_destroy(options) }
            rocksdb_readoptions_set_ignore_range_deletions(options, 1)
            end.withMemoryRebound(to: CChar.self) {
                rocksdb_readoptions_set_iterate_upper_bound(options, $0.baseAddress, $0.count)
            }
            try scan(prefix, limit, keyspace, options, body)
        }
    }

    func scan(
        from key: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        try scan(key, limit, keyspace, engine.readOptions, body)
    }

    private func scan(
        _ start: RawSpan, _ limit: Int, _ keyspace: Int, _ options: OpaquePointer,
        _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        let iterator: OpaquePointer = rocksdb_create_iterator_cf(database, options, engine.families[keyspace])
        defer { rocksdb_iter_destroy(iterator) }
        start.withChars { rocksdb_iter_seek(iterator, $0, $1) }
        var visited = 0
        while visited < limit, rocksdb_iter_valid(iterator) != 0 {
            try body(kvstore_iterator_key(iterator).buffer.bytes, kvstore_iterator_value(iterator).buffer.bytes)
            visited += 1
            if visited < limit { rocksdb_iter_next(iterator) }
        }
        try rocksDBCall("scan") { rocksdb_iter_get_error(iterator, $0) }
    }

    func settle() throws {
        let options: OpaquePointer = rocksdb_flushoptions_create()
        defer { rocksdb_flushoptions_destroy(options) }
        for family in engine.families {
            try rocksDBCall("flush") { rocksdb_flush_cf(database, options, family, $0) }
            rocksdb_compact_range_cf(database, family, nil, 0, nil, 0)
        }
    }
}
