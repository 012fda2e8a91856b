internal import CRocksDB
internal import SystemPackage

extension Database {
    /// The engine's handle, for calls that are to see every commit: those that gather in front of the engine are handed on
    /// first. Where that fails, calls go on with what the engine has; what reads by order says so: see ``handOn()``.
    var handle: OpaquePointer {
        if let buffer { try? buffer.handOn() }
        return engine
    }

    /// Whether commits gather that the engine does not have.
    var isGathering: Bool { buffer?.isEmpty == false }

    /// Returns when the engine has every commit that was acknowledged before.
    func handOn() throws(EngineFailure) { try buffer?.handOn() }

    /// Writes the commits that a process could not hand on any more, as far as they follow on what the engine has.
    ///
    /// - Returns: whether commits were gathered when the database was open the last time.
    static func recoverCommits(_ engine: OpaquePointer, in folder: FilePath) throws(EngineFailure) -> Bool {
        var latest = rocksdb_get_latest_sequence_number(engine)
        guard let records = try CommitBufferFile.records(in: folder, after: latest) else { return false }
        let options: OpaquePointer = rocksdb_writeoptions_create()
        defer { rocksdb_writeoptions_destroy(options) }
        // After a power cut, the list of column families may be younger than what is here.
        rocksdb_writeoptions_set_ignore_missing_column_families(options, 1)
        var isBehind = false
        for record in records {
            guard record.first == latest + 1 else { break }
            var batch = [UInt8](repeating: 0, count: 8)
            withUnsafeBytes(of: UInt32(record.count).littleEndian) { batch.append(contentsOf: $0) }
            batch += record.writes
            try write(batch, to: engine, options)
            latest = record.last
            isBehind = true
        }
        if isBehind { try syncLog(of: engine) }
        try CommitBufferFile.remove(in: folder)
        return true
    }

    /// Writes a batch in the engine's form.
    static func write(
        _ representation: [UInt8], to engine: OpaquePointer, _ options: OpaquePointer
    ) throws(EngineFailure) {
        let batch = representation.withUnsafeBytes {
            rocksdb_writebatch_create_from($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
        defer { rocksdb_writebatch_destroy(batch) }
        try engineCall { rocksdb_write(engine, options, batch, $0) }
    }
}
