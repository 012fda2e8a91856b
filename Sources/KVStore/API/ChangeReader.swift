/// Reads the changes of a namespace page by page. Keeps its place in the log, so that each record is read once.
final class ChangeReader: LogReader, @unchecked Sendable {  // guarded by its lock
    private let lock = Lock(.changes)
    let namespace: Namespace
    /// Whose position it begins at; nil where that is given.
    private let consumer: ChangeConsumer?
    /// Whether that is known.
    private var hasPosition: Bool
    /// Up to which number everything was read.
    private var position: UInt64
    private var iterator: LogPlace?
    private var hasBegun = false
    private static let pageLimit = 512
    private static let pageBytes = 256 << 10

    init(_ namespace: Namespace, since sequence: UInt64) {
        self.namespace = namespace
        consumer = nil
        hasPosition = true
        position = sequence
    }

    init(_ consumer: ChangeConsumer) {
        namespace = consumer.namespace
        self.consumer = consumer
        hasPosition = false
        position = 0
    }

    /// Whether reading might find something, or an error; never waits for the disk.
    func mayHaveNews() throws(StoreError) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        guard hasBegun else { return true }
        let position = position
        let latest = try namespace.slot.withColumnFamilyIfOpen(.changes) {
            (columnFamily) throws(EngineFailure) -> UInt64? in
            // Those that gather are news, and are not waited for.
            columnFamily.database.isGathering ? .max : columnFamily.database.latestSequence
        }
        if let latest { return latest != position }
        // Not open: nothing was committed, unless it is gone for good or being opened anew.
        iterator = nil
        return namespace.slot.hasEnded
    }

    /// Lets the database go until there is news.
    func rest() { lock.withLock { iterator = nil } }

    func letLogsGo(before sequence: UInt64) {
        guard lock.tryLock() else { return }
        defer { lock.unlock() }
        if position < sequence { iterator = nil }
    }

    /// The changes from the place on, as many as make a page; none at the end of the log.
    func read() throws(StoreError) -> [Change] {
        lock.lock()
        defer { lock.unlock() }
        if let consumer, !hasPosition {
            position = try consumer.position()
            hasPosition = true
        }
        let columnFamily = try namespace.slot.withColumnFamily(.changes) { (columnFamily) throws(EngineFailure) in
            columnFamily
        }
        if let holder = iterator?.log.columnFamily, holder !== columnFamily { iterator = nil }
        // What the database lacks is noted when it is opened, which it cannot be while it is read.
        if let consumer, iterator == nil { try consumer.checkHasAll() }
        do throws(EngineFailure) {
            let page = try readPage(columnFamily)
            hasBegun = true
            return page
        } catch {
            iterator = nil
            throw namespace.slot.context.error(error, .changes)
        }
    }

    private func readPage(_ columnFamily: ColumnFamily) throws(EngineFailure) -> [Change] {
        try columnFamily.database.buffer?.stop()
        let latest = columnFamily.database.latestSequence
        // What came before the namespace was created is not missing.
        if let start = namespace.slot.record?.current.start { position = max(position, start) }
        guard position <= latest else {
            throw .refused(
                .invalidArgument,
                "the namespace has come to sequence number \(latest), not to \(position): the number is of another namespace, "
                    + "or the commits up to it were lost")
        }
        var page: [Change] = []
        var size = 0
        var attempts = 0
        while position < latest, page.count < Self.pageLimit, size < Self.pageBytes {
            guard try advance(columnFamily) else {
                attempts += 1
                // The log goes on in a new file, which a new iterator sees; but not for ever.
                guard attempts <= 3 else { throw missing(oldest: try oldest(columnFamily)) }
                continue
            }
            guard let record = try take(columnFamily) else { continue }
            size += record.byteCount
            if let change = record.change { page.append(change) }
        }
        return page
    }

    /// Goes to the next record.
    ///
    /// - Returns: whether there is one; if not, the iterator is gone.
    private func advance(_ columnFamily: ColumnFamily) throws(EngineFailure) -> Bool {
        if let iterator {
            iterator.log.next()
        } else {
            // No iterator of the engine may meet what is not in the log: it may end the process.
            let loggedSince = columnFamily.database.log.loggedSince
            guard position >= loggedSince else {
                throw missing(oldest: loggedSince < columnFamily.database.latestSequence ? loggedSince + 1 : nil)
            }
            // With it, the first record of the newest file is one that is complete.
            if columnFamily.database.log.failure == nil { try columnFamily.database.syncLog() }
            iterator = LogPlace(try LogIterator(columnFamily, from: position + 1))
            columnFamily.database.archivedLogs.add(self)
        }
        guard iterator?.log.isValid == true else {
            iterator = nil
            return false
        }
        return true
    }

    /// Takes the record that the iterator is at; nil for one that was read before or has no writes.
    private func take(_ columnFamily: ColumnFamily) throws(EngineFailure) -> (change: Change?, byteCount: Int)? {
        let position = position
        let taken = try iterator?.log.withRecord { (sequence, bytes) throws(EngineFailure) in
            let record = try LogRecord(
                sequence, bytes, family: columnFamily.familyID, after: position, trailerSize: columnFamily.trailerSize)
            return (record, bytes.count)
        }
        guard let (record, byteCount) = taken else { return nil }
        // What a sync writes has no number of its own. It tells of those before it, and the engine does not get from it to
        // what comes behind commits that are in no log.
        if record.count == 0, record.first > position + 1 {
            throw missing(oldest: try oldest(columnFamily, from: record.first))
        }
        guard record.count > 0, record.last > position else { return nil }
        guard record.first <= position + 1 else { throw missing(oldest: record.first) }
        self.position = record.last
        guard let last = record.writes.last else { return (nil, byteCount) }
        return (Change(sequence: last.sequence, writes: record.writes.map(\.write)), byteCount)
    }

    private func missing(oldest: UInt64?) -> EngineFailure {
        let rest = oldest.map { "the oldest after it that is there has the number \($0)" } ?? "there is none after it"
        return .changesMissing(
            "commits after sequence number \(position) are not in the write-ahead log; \(rest). Read the entries anew, and keep "
                + "more (NamespaceOptions.changes, setChangeRetention) or read sooner; unlogged commits and loads are never in it",
            oldest: oldest)
    }

    /// The number of the first commit that the log has from a number on; nil when it is none to come.
    private func oldest(_ columnFamily: ColumnFamily, from start: UInt64 = 1) throws(EngineFailure) -> UInt64? {
        iterator = nil
        var (start, isOver) = (start, false)
        // The engine has no iterator from what was never written.
        while !isOver, start <= columnFamily.database.latestSequence {
            isOver = true
            let log = try LogIterator(columnFamily, from: start)
            while log.isValid {
                let (first, count) = try log.withRecord { (sequence, bytes) throws(EngineFailure) in
                    let record = try LogRecord(
                        sequence, bytes, family: columnFamily.familyID, after: .max,
                        trailerSize: columnFamily.trailerSize)
                    return (record.first, record.count)
                }
                if count > 0 { return first > position ? first : nil }
                // What a sync writes has none, and may be the last before a gap, which the engine does not get over.
                if first > start { (start, isOver) = (first, false) }
                log.next()
            }
        }
        return nil
    }
}

/// Holds an iterator that is kept from one page to the next.
private final class LogPlace {
    let log: LogIterator

    init(_ log: consuming LogIterator) { self.log = log }
}
