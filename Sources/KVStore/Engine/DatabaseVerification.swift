internal import Synchronization

/// Reads all that a database has on disk through a second handle of it, which starts with nothing in memory.
struct DatabaseVerification {
    private(set) var entries = 0
    private(set) var entryBytes = 0
    private let reader: Database
    private let watched: ColumnFamily?

    /// - Parameters:
    ///   - reader: a handle with no cache, that was opened to read beside `watched`.
    ///   - watched: the column family in use. Verifying ends when it is closed; nil when none is.
    ///   - family: the column family to read, nil for all.
    ///   - sequence: what `watched` had in its log before `reader` was opened.
    init(
        _ reader: Database, of watched: ColumnFamily?, family: String? = nil, atLeast sequence: UInt64
    ) throws(EngineFailure) {
        self.reader = reader
        self.watched = watched
        // A damaged record of a log reads as the log's end.
        if reader.latestSequence < sequence {
            throw .refused(
                .corruption,
                "the files hold commits up to \(reader.latestSequence), but there are commits up to \(sequence): a log or "
                    + "the manifest is damaged. What the open handle still has in memory can be read and copied")
        }
        for family in family.map({ [$0] }) ?? reader.families { try scan(family) }
    }

    private mutating func scan(_ family: String) throws(EngineFailure) {
        // With range deletions ignored, blocks that they cover are read too, and a scan cannot end early in silence.
        let columnFamily = try ColumnFamily(reader, family: family, usesRangeDeletions: false)
        var scan = ScanOptions()
        scan.fillsCache = false
        scan.verifiesChecksums = true
        let iterator = EngineIterator(columnFamily, ReadOptions(scan: scan, rangeDeletions: false))
        iterator.seekToFirst()
        while iterator.isValid {
            entries += 1
            entryBytes += iterator.key.count + iterator.value.count
            if entries & 0xFFF == 0, let watched {
                if watched.isClosed { throw watched.endingFailure }
                if watched.database.isToBeReopened.load(ordering: .relaxed) { throw ColumnFamilyEnding.reopenedFailure }
            }
            iterator.next()
        }
        try iterator.check()
    }
}
