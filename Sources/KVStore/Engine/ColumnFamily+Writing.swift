internal import CRocksDB
internal import Synchronization

extension ColumnFamily {
    func put(_ key: RawSpan, _ value: RawSpan, _ durability: Durability) throws(EngineFailure) -> UInt64 {
        guard trailerSize == 0, durability != .synced else {
            var batch = WriteBatch(capacity: key.byteCount + value.byteCount + 32)
            batch.put(key, value)
            return try write(batch, durability)
        }
        let kept = beginWrite { $0.begin(key) }
        defer { endWrite(kept) }
        return try commit(durability, count: 1) { (buffer) throws(EngineFailure) in
            try buffer.append(familyID, key, value, waits: true)
        } write: { (options) throws(EngineFailure) in
            guard durability == .buffered, key.byteCount + value.byteCount <= Self.combinedSize else {
                return try engineCall { error in
                    key.withChars { key, keyCount in
                        value.withChars { value, valueCount in
                            rocksdb_put_cf(database.engine, options, family, key, keyCount, value, valueCount, error)
                        }
                    }
                }
            }
            try combined { (lane) throws(EngineFailure) in
                // As `rocksdb_put_cf` does, which makes a batch each time.
                let single = lane == .first ? singles.0 : singles.1
                try engineCall { error in
                    rocksdb_writebatch_clear(single)
                    key.withChars { key, keyCount in
                        value.withChars { value, valueCount in
                            rocksdb_writebatch_put_cf(single, family, key, keyCount, value, valueCount)
                        }
                    }
                    rocksdb_write(database.engine, options, single, error)
                }
            } warmUp: {
                lookUpInMemtables(key)
            } representation: {
                var batch = WriteBatch(capacity: key.byteCount + value.byteCount + 32)
                batch.put(key, value)
                return aimed(batch)
            }
        }
    }

    func delete(_ key: RawSpan, _ durability: Durability) throws(EngineFailure) -> UInt64 {
        guard durability != .synced else {
            var batch = WriteBatch()
            batch.delete(key)
            return try write(batch, durability)
        }
        let kept = beginWrite { $0.begin(key) }
        defer { endWrite(kept) }
        return try commit(durability, count: 1) { (buffer) throws(EngineFailure) in
            try buffer.append(familyID, key, nil, waits: true)
        } write: { (options) throws(EngineFailure) in
            func alone() throws(EngineFailure) {
                try engineCall { error in
                    key.withChars { rocksdb_delete_cf(database.engine, options, family, $0, $1, error) }
                }
            }
            guard durability == .buffered, key.byteCount <= Self.combinedSize else { return try alone() }
            try combined { (_) throws(EngineFailure) in
                try alone()
            } representation: {
                var batch = WriteBatch()
                batch.delete(key)
                return aimed(batch)
            }
        }
    }

    /// Commits a batch, whole or not at all. Synced ones of threads that come at the same time share a write and a
    /// sync.
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
    ///   - isLocked: whether the caller has the write lock.
    func writeAlone(
        _ batch: WriteBatch, _ durability: Durability, waits: Bool = true, isUpdate: Bool = false,
        isLocked: Bool = false
    ) throws(EngineFailure) -> UInt64 {
        let aimed = aimed(batch)
        // Updates are groups already, and who must not wait must not wait here either.
        let canCombine = durability == .buffered && waits && !isUpdate && aimed.count <= Self.combinedSize
        let kept = beginWrite { $0.begin(batch) }
        defer { endWrite(kept) }
        return try commit(
            durability, count: batch.count, waits: waits, isUpdate: isUpdate, isLocked: isLocked
        ) { (buffer) throws(EngineFailure) in
            guard !batch.merges, !batch.deletesRanges else { return nil }
            return try buffer.append(aimed, count: batch.count, waits: waits)
        } write: { (options) throws(EngineFailure) in
            guard canCombine else { return try database.write(aimed, options) }
            try combined { (_) throws(EngineFailure) in
                try database.write(aimed, options)
            } representation: {
                aimed
            }
        }
    }

    /// Commits a batch whose values are as they are to stand in the database.
    func writeStored(_ batch: WriteBatch, _ durability: Durability) throws(EngineFailure) -> UInt64 {
        let aimed = batch.representation(inColumnFamily: familyID, trailer: [])
        let kept = beginWrite { $0.begin(batch) }
        defer { endWrite(kept) }
        return try commit(durability, count: batch.count) { (_) throws(EngineFailure) in
            nil
        } write: { (options) throws(EngineFailure) in
            try database.write(aimed, options)
        }
    }

    /// A batch in the engine's form, aimed at the column family and with what the format puts behind values.
    private func aimed(_ batch: WriteBatch) -> [UInt8] {
        guard familyID != 0 || trailerSize != 0 else { return batch.representation }
        return batch.representation(
            inColumnFamily: familyID, trailer: format.trailer, now: batch.expires ? format.now : 0)
    }

    /// Commits batches to several column families of one database, all of them or none.
    static func write(
        _ batches: [(ColumnFamily, WriteBatch)], _ durability: Durability, waits: Bool = true
    ) throws(EngineFailure) -> UInt64 {
        guard let (first, _) = batches.first else { return 0 }
        var whole = WriteBatch()
        for (columnFamily, batch) in batches {
            whole.append(representation: columnFamily.aimed(batch))
        }
        // All of them in one order, and a transaction has no more than one: nobody waits in a circle.
        let locked = batches.map(\.0).filter(\.canLockOutWrites).sorted { $0.familyID < $1.familyID }
        var held = 0
        defer { for columnFamily in locked[..<held] { columnFamily.writeLock.unlock() } }
        for columnFamily in locked {
            try columnFamily.shareWriteLock(waits: waits)
            held += 1
        }
        let kept = batches.map { (columnFamily, batch) in (columnFamily, columnFamily.beginWrite { $0.begin(batch) }) }
        defer { for (columnFamily, write) in kept { columnFamily.endWrite(write) } }
        for (columnFamily, _) in batches where columnFamily !== first { columnFamily.writeEpoch.begin() }
        defer { for (columnFamily, _) in batches where columnFamily !== first { columnFamily.writeEpoch.end() } }
        let onlyPuts = !batches.contains { $0.1.merges || $0.1.deletesRanges }
        return try first.commit(durability, count: whole.count, waits: waits, isLocked: true) {
            (buffer) throws(EngineFailure) in
            onlyPuts ? try buffer.append(whole.representation, count: whole.count, waits: waits) : nil
        } write: { (options) throws(EngineFailure) in
            try first.database.write(whole.representation, options)
        }
    }

    /// Has ``values`` forget what is about to be written, where there are any.
    @inline(__always)
    func beginWrite(_ begin: (ValueCache) -> ValueCache.Write) -> ValueCache.Write? {
        guard let values else { return nil }
        return begin(values)
    }

    /// Ends what ``beginWrite(_:)`` began.
    @inline(__always)
    func endWrite(_ write: ValueCache.Write?) {
        if let write { values?.end(write) }
    }

    /// Makes one commit: not after a failed one, and noted for the sync that its durability asks for.
    ///
    /// - Parameters:
    ///   - gather: gives a buffered one to the buffer in front of the engine, where there is one; nil when it is not for
    ///     that.
    ///   - write: has the engine write it.
    @inline(__always)
    private func commit(
        _ durability: Durability, count: Int, waits: Bool = true, isUpdate: Bool = false,
        isLocked: Bool = false, gather: (CommitBuffer) throws(EngineFailure) -> UInt64?,
        write: (_ options: OpaquePointer) throws(EngineFailure) -> Void
    ) throws(EngineFailure) -> UInt64 {
        let log = database.log
        if let failure = log.failure { throw failure }
        let locks = canLockOutWrites && !isLocked
        if locks { try shareWriteLock(waits: waits) }
        defer { if locks { writeLock.unlock() } }
        if !isUpdate { writeEpoch.begin() }
        defer { if !isUpdate { writeEpoch.end() } }
        let buffer = database.buffer
        if let buffer {
            if durability == .buffered, let sequence = try gather(buffer) {
                log.noteUnsynced()
                return sequence
            }
            try buffer.beginPassing(waits: waits)
        }
        defer { buffer?.endPassing() }
        // Of a buffered commit nothing is looked at, the clock neither.
        let (synced, begun) = durability == .buffered ? (0, 0) : prepare(durability, count: count)
        do throws(EngineFailure) {
            try write(WriteOptions.handle(durability, waits: waits))
        } catch {
            if begun != 0 { log.syncTimes?.noteFailure() }
            log.stopWrites(after: error)
            throw error
        }
        switch durability {
        case .synced:
            log.syncTimes?.note(since: begun)
            log.didSync(through: synced)
        case .buffered: log.noteUnsynced()
        case .unlogged: log.noteHole(through: database.engineSequence)
        }
        return database.engineSequence
    }

    /// What comes before a commit that is not buffered.
    ///
    /// - Returns: of one that is synced, up to which number it syncs, and the time.
    @inline(never)
    private func prepare(_ durability: Durability, count: Int) -> (UInt64, UInt64) {
        guard durability == .synced else {
            database.log.beginUnlogged()
            return (0, 0)
        }
        // What is in the log by now is synced with it; what others write meanwhile may not be.
        return (database.engineSequence + UInt64(count), MonotonicClock.now)
    }

    /// The engine's write of a buffered commit, or one that it shares with others that come at the same time.
    @inline(__always)
    private func combined(
        alone: (FlatCombiner.Lane) throws(EngineFailure) -> Void, warmUp: () -> Void = {}, representation: () -> [UInt8]
    ) throws(EngineFailure) {
        try bufferedCommits.commit(alone: alone, warmUp: warmUp, representation: representation) {
            (batch) throws(EngineFailure) in
            try database.write(batch, WriteOptions.handle(.buffered))
        }
    }

    /// Has the processor fetch what the insertion of a key is about to walk over: most of what an insertion takes is
    /// waiting for memory.
    @inline(never)
    private func lookUpInMemtables(_ key: RawSpan) {
        _ = try? engineCall { error in
            key.withChars { key, count in
                let slice = rocksdb_get_pinned_cf(database.engine, ReadOptions.memtablesOnly, family, key, count, error)
                if let slice { rocksdb_pinnableslice_destroy(slice) }
            }
        }
    }

    /// A larger commit keeps the engine for long, and what it would save by sharing is little of what it costs.
    private static let combinedSize = ByteCount.kibibytes(16).bytes

    @inline(never)
    private func shareWriteLock(waits: Bool) throws(EngineFailure) {
        if waits {
            writeLock.lockShared()
        } else if !writeLock.tryLockShared() {
            throw .refused(.incomplete, "a transaction is being committed")
        }
    }
}

extension Database {
    /// Writes a batch in the engine's form.
    fileprivate func write(_ representation: [UInt8], _ options: OpaquePointer) throws(EngineFailure) {
        try Self.write(representation, to: engine, options)
    }
}

extension WALState {
    /// Stops writes unless the engine refused the call for a reason that left its log alone.
    func stopWrites(after failure: EngineFailure) {
        switch failure.code {
        case .invalidArgument, .incomplete, .busy, .timedOut: break
        default: fail(failure)
        }
    }
}
