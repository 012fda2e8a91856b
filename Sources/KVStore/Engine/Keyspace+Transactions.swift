internal import CRocksDB
internal import Synchronization

extension Keyspace {
    /// What a keyspace is at, as far as that can be told without reading.
    struct State {
        fileprivate let sequence: UInt64
        fileprivate let loads: UInt64

        /// Whether nothing at all was committed since.
        func isCurrent(of keyspace: Keyspace) -> Bool {
            keyspace.database.latestSequence == sequence && keyspace.loads.load(ordering: .acquiring) == loads
        }
    }

    var state: State {
        State(sequence: database.latestSequence, loads: loads.load(ordering: .acquiring))
    }

    /// Whether a key holds what it held when the snapshot was taken.
    func hasSameValue(_ key: [UInt8], as snapshot: EngineSnapshot) throws(EngineFailure) -> Bool {
        let now = try getStored(key.span.bytes, latest.any)
        let then = try getStored(key.span.bytes, snapshot.pointReads.any)
        guard let now else { return then == nil }
        guard let then else { return false }
        return now.buffer.elementsEqual(then.buffer)
    }

    /// Whether a range holds the entries that it held when the snapshot was taken.
    func hasSameEntries(_ range: KeyRange, as snapshot: EngineSnapshot) throws(EngineFailure) -> Bool {
        guard !range.isEmpty else { return true }
        // By a snapshot too: its iterator has a witness where there are range deletions, so that neither ends early.
        let now = EngineIterator(self, EngineSnapshot(self).options(range, ScanOptions()))
        let then = EngineIterator(self, snapshot.options(range, ScanOptions()))
        now.seekToFirst()
        then.seekToFirst()
        while now.isValid, then.isValid {
            guard now.key.elementsEqual(then.key), now.storedValue.elementsEqual(then.storedValue) else { return false }
            now.next()
            then.next()
        }
        try now.check()
        try then.check()
        return now.isValid == then.isValid
    }
}
