internal import CRocksDB
internal import Synchronization

extension Keyspace {
    func put(_ key: RawSpan, _ value: RawSpan, _ durability: Durability) throws(EngineFailure) -> UInt64 {
        try commit(durability) { options, error in
            key.withChars { key, keyCount in
                value.withChars { value, valueCount in
                    rocksdb_put_cf(database.handle, options, family, key, keyCount, value, valueCount, error)
                }
            }
        }
    }

    func delete(_ key: RawSpan, _ durability: Durability) throws(EngineFailure) -> UInt64 {
        try commit(durability) { options, error in
            key.withChars { rocksdb_delete_cf(database.handle, options, family, $0, $1, error) }
        }
    }

    /// Commits a batch, whole or not at all.
    ///
    /// - Parameter isUpdate: whether it comes through ``updates``, which then knows what it wrote.
    func write(
        _ batch: WriteBatch, _ durability: Durability, isUpdate: Bool = false
    ) throws(EngineFailure) -> UInt64 {
        guard familyID != 0 else { return try write(batch.representation, durability, isUpdate) }
        return try write(batch.representation(inColumnFamily: familyID), durability, isUpdate)
    }

    private func write(
        _ representation: [UInt8], _ durability: Durability, _ isUpdate: Bool
    ) throws(EngineFailure) -> UInt64 {
        let batch = representation.withUnsafeBytes {
            rocksdb_writebatch_create_from($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
        defer { rocksdb_writebatch_destroy(batch) }
        return try commit(durability, isUpdate: isUpdate) { rocksdb_write(database.handle, $0, batch, $1) }
    }

    /// Runs one write of the engine: not after a failed one, and noted for the sync that its durability asks for.
    @inline(__always)
    private func commit(
        _ durability: Durability, isUpdate: Bool = false,
        _ body: (OpaquePointer, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Void
    ) throws(EngineFailure) -> UInt64 {
        let log = database.log
        if let failure = log.failure { throw failure }
        do {
            try engineCall { body(WriteOptions.handle(durability), $0) }
        } catch {
            log.stopWrites(after: error)
            throw error
        }
        if !isUpdate { otherCommits.wrappingAdd(1, ordering: .releasing) }
        let sequence = database.latestSequence
        switch durability {
        case .synced: log.didSync(through: sequence)
        case .buffered: log.noteUnsynced()
        case .unlogged: break
        }
        return sequence
    }
}

extension LogState {
    /// Stops writes unless the engine refused the call for a reason that left its log alone.
    func stopWrites(after failure: EngineFailure) {
        switch failure.code {
        case .invalidArgument, .incomplete, .busy, .timedOut: break
        default: fail(failure)
        }
    }
}
