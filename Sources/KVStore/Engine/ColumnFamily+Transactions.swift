internal import CRocksDB
internal import Synchronization

extension ColumnFamily {
    /// What a column family is at, as far as that can be told without reading.
    struct State {
        fileprivate let sequence: UInt64
        fileprivate let loads: UInt64

        /// Whether nothing at all was committed since.
        func isCurrent(of columnFamily: ColumnFamily) -> Bool {
            columnFamily.database.latestSequence == sequence && columnFamily.loads.load(ordering: .acquiring) == loads
        }
    }

    var state: State {
        State(sequence: database.latestSequence, loads: loads.load(ordering: .acquiring))
    }

    /// Whether a key holds in one snapshot what it holds in another. What has expired as of a snapshot is not there.
    func hasSameValue(_ key: [UInt8], _ one: EngineSnapshot, _ other: EngineSnapshot) throws(EngineFailure) -> Bool {
        let first = try getUnexpired(key.span.bytes, one)
        let second = try getUnexpired(key.span.bytes, other)
        guard let first else { return second == nil }
        guard let second else { return false }
        return first.buffer.elementsEqual(second.buffer)
    }

    /// What is stored for a key, unless it has expired.
    private func getUnexpired(_ key: RawSpan, _ snapshot: EngineSnapshot) throws(EngineFailure) -> EngineSlice? {
        guard let slice = try getStored(key, snapshot.pointReads.any) else { return nil }
        // Not a second condition of the guard: Swift 6.3 forgets to destroy the slice when that one is not met.
        if snapshot.hidesExpired(slice.buffer) { return nil }
        return slice
    }

    /// Whether a range holds in one snapshot the entries that it holds in another.
    func hasSameEntries(
        _ range: KeyRange, _ one: EngineSnapshot, _ other: EngineSnapshot
    ) throws(EngineFailure) -> Bool {
        guard !range.isEmpty else { return true }
        let now = EngineIterator(self, one.options(range, ScanOptions()))
        let then = EngineIterator(self, other.options(range, ScanOptions()))
        now.seekToFirst()
        then.seekToFirst()
        while true {
            now.skipExpired()
            then.skipExpired()
            guard now.isValid, then.isValid else { break }
            guard now.key.elementsEqual(then.key), now.storedValue.elementsEqual(then.storedValue) else { return false }
            now.next()
            then.next()
        }
        try now.check()
        try then.check()
        return now.isValid == then.isValid
    }
}
