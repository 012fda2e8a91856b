internal import CRocksDB
internal import Synchronization

extension Keyspace {
    func put(_ key: RawSpan, _ value: RawSpan, _ durability: Durability) throws(EngineFailure) -> UInt64 {
        guard trailerSize == 0, durability != .synced else {
            var batch = WriteBatch(capacity: key.byteCount + value.byteCount + 32)
            batch.put(key, value)
            return try write(batch, durability)
        }
        return try commit(durability, count: 1) { options, error in
            key.withChars { key, keyCount in
                value.withChars { value, valueCount in
                    rocksdb_put_cf(database.handle, options, family, key, keyCount, value, valueCount, error)
                }
            }
        }
    }

    func delete(_ key: RawSpan, _ durability: Durability) throws(EngineFailure) -> UInt64 {
        guard durability != .synced else {
            var batch = WriteBatch()
            batch.delete(key)
            return try write(batch, durability)
        }
        return try commit(durability, count: 1) { options, error in
            key.withChars { rocksdb_delete_cf(database.handle, options, family, $0, $1, error) }
        }
    }

    /// Commits a batch, whole or not at all. Synced ones of threads that come at the same time share a write and a sync.
    func write(_ batch: WriteBatch, _ durability: Durability) throws(EngineFailure) -> UInt64 {
        guard durability == .synced else { return try writeAlone(batch, durability) }
        return try syncedCommits.commit(batch) { (group) throws(EngineFailure) in try writeAlone(group, .synced) }
    }

    /// Commits a batch, whole or not at all, by a write of its own.
    ///
    /// - Parameters:
    ///   - waits: whether it may wait for a flush or a compaction; if not, and it would have to, it fails as incomplete
    ///     and writes nothing.
    ///   - isUpdate: whether it comes through ``updates``, which then knows what it wrote.
    ///   - isLockedOut: whether the caller keeps other writes out.
    func writeAlone(
        _ batch: WriteBatch, _ durability: Durability, waits: Bool = true, isUpdate: Bool = false,
        isLockedOut: Bool = false
    ) throws(EngineFailure) -> UInt64 {
        let representation =
            familyID == 0 && trailerSize == 0
            ? batch.representation : batch.representation(inColumnFamily: familyID, trailer: format.trailer)
        let engineBatch = representation.withUnsafeBytes {
            rocksdb_writebatch_create_from($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
        defer { rocksdb_writebatch_destroy(engineBatch) }
        return try commit(
            durability, count: batch.count, waits: waits, isUpdate: isUpdate, isLockedOut: isLockedOut
        ) {
            rocksdb_write(database.handle, $0, engineBatch, $1)
        }
    }

    /// Runs one write of the engine: not after a failed one, and noted for the sync that its durability asks for.
    @inline(__always)
    private func commit(
        _ durability: Durability, count: Int, waits: Bool = true, isUpdate: Bool = false,
        isLockedOut: Bool = false,
        _ body: (OpaquePointer, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Void
    ) throws(EngineFailure) -> UInt64 {
        let log = database.log
        if let failure = log.failure { throw failure }
        let locks = canLockOutWrites && !isLockedOut
        if locks { try shareWriteLock(waits: waits) }
        defer { if locks { writeLock.unlock() } }
        // What is in the log by now is synced with it; what others write meanwhile may not be.
        let synced = durability == .synced ? database.latestSequence + UInt64(count) : 0
        do {
            try engineCall { body(WriteOptions.handle(durability, waits: waits), $0) }
        } catch {
            log.stopWrites(after: error)
            throw error
        }
        if !isUpdate { otherCommits.wrappingAdd(1, ordering: .releasing) }
        switch durability {
        case .synced: log.didSync(through: synced)
        case .buffered: log.noteUnsynced()
        case .unlogged: log.noteUnlogged(database.latestSequence)
        }
        return database.latestSequence
    }

    @inline(never)
    private func shareWriteLock(waits: Bool) throws(EngineFailure) {
        if waits {
            writeLock.lockShared()
        } else if !writeLock.tryLockShared() {
            throw .refused(.incomplete, "a transaction is being committed")
        }
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
