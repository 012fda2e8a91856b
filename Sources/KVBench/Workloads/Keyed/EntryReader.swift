/// Reads entries and checks every byte of them.
struct EntryReader {
    private let data: DataSet
    private var key: KeyFormat
    /// The key that a scan shows next, unless entries are left out.
    private var nextKey: KeyFormat
    /// What the last scan has read.
    private(set) var scanned = Operation(kind: .read, entries: 0, bytes: 0)
    /// What was known of the entries that a scan may show, before it.
    private var known: [EntryState] = []

    init(_ data: DataSet) {
        self.data = data
        key = KeyFormat(size: data.keySize)
        nextKey = key
    }

    /// The bytes of an entry.
    var entrySize: Int { data.entrySize }

    /// Reads an entry that is there.
    ///
    /// - Throws: `WrongAnswer` when it is missing, older than what was acknowledged before, or differs in any byte from
    ///   what was written.
    mutating func read(_ index: Int, from session: some BenchSession) throws {
        let acknowledged = data.ledger.version(of: index)
        key.set(index)
        let found = try session.read(key.bytes.span.bytes, in: data.keyspace(of: index)) { value in
            try check(value, of: index, acknowledged: acknowledged)
        }
        guard found else { throw WrongAnswer("\(key.bytes.asText) is missing") }
    }

    /// Reads an entry that others may write and delete meanwhile.
    ///
    /// - Returns: Whether it was there.
    /// - Throws: `WrongAnswer` when it is missing although nobody has deleted it, is there although it was deleted, and for
    ///   the same reasons as `read`.
    mutating func readIfPresent(_ index: Int, from session: some BenchSession) throws -> Bool {
        let before = data.ledger.state(of: index)
        key.set(index)
        let found = try session.read(key.bytes.span.bytes, in: data.keyspace(of: index)) { value in
            try check(value, of: index, acknowledged: before.leastVersion)
        }
        try checkPresence(found, of: index, since: before)
        return found
    }

    /// Checks whether an entry that was not found can have been gone.
    ///
    /// - Parameter before: what was known of it before the engine was asked.
    mutating func checkPresence(_ found: Bool, of index: Int, since before: EntryState) throws {
        guard found || data.ledger.state(of: index).allowsAbsence(since: before) else {
            key.set(index)
            throw WrongAnswer("\(key.bytes.asText) is missing")
        }
    }

    /// Asks for a key beside that of an entry, which nothing was written under.
    ///
    /// - Throws: `WrongAnswer` when the engine has a value for it.
    mutating func readMissing(_ index: Int, from session: some BenchSession) throws {
        key.setMissing(index)
        let found = try session.read(key.bytes.span.bytes, in: data.keyspace(of: index)) { _ in }
        guard !found else { throw WrongAnswer("\(key.bytes.asText) has a value, but was never written") }
    }

    /// Reads the entries of a namespace in order. They must not be overwritten meanwhile; new ones may come.
    ///
    /// - Parameters:
    ///   - start: The first entry; it decides on the namespace.
    ///   - limit: How many to read at most.
    ///   - presence: Whether an entry must be there.
    /// - Returns: The entry after the last that was read, in the same namespace, be it there or not.
    /// - Throws: `WrongAnswer` when a required entry is left out or an absent one is not, when entries are out of order
    ///   or were never written, and for the same reasons as `read`.
    @discardableResult
    mutating func scan(
        from start: Int, limit: Int, of session: some BenchSession, presence: (Int) -> EntryPresence
    ) throws -> Int {
        // Looked up in `self` it would be retained for each entry.
        let data = data
        var progress = begin(start)
        let first = key.bytes
        try session.scan(from: first.span.bytes, limit: limit, in: progress.keyspace) { found, value in
            try visit(found, value, of: data, &progress, presence) { data.ledger.version(of: $0) }
        }
        return try finish(progress, limit, presence)
    }

    /// Reads the entries of a namespace in order while others write and delete them.
    ///
    /// Of as many as are read if none is deleted it is known what must be there; what comes behind them only has to be
    /// what was once written.
    ///
    /// - Throws: `WrongAnswer` as `scan`, when an entry was left out that nobody has deleted, and when one is there that was
    ///   deleted before.
    mutating func scanChanging(from start: Int, limit: Int, of session: some BenchSession) throws {
        know(from: start, limit: limit)
        let known = KnownEntries(states: known, start: start, data: data)
        var progress = begin(start)
        let first = key.bytes
        try session.scan(from: first.span.bytes, limit: limit, in: progress.keyspace) { found, value in
            try visit(found, value, of: known.data, &progress, known.presence, known.leastVersion)
        }
        try finish(progress, limit, known.presence)
    }

    /// Remembers of as many entries what is known of them now.
    mutating func know(from start: Int, limit: Int) {
        known.removeAll(keepingCapacity: true)
        var index = start
        let end = data.ledger.end
        while known.count < limit, index < end {
            known.append(data.ledger.state(of: index))
            index += data.namespaces
        }
    }

    /// Checks what a scan showed that has begun after ``know(from:limit:)``.
    mutating func check(
        _ entries: [(key: [UInt8], value: [UInt8])], scannedFrom start: Int, limit: Int
    ) throws {
        let known = KnownEntries(states: known, start: start, data: data)
        var progress = begin(start)
        for entry in entries {
            try visit(
                entry.key.span.bytes, entry.value.span.bytes, of: known.data, &progress, known.presence,
                known.leastVersion)
        }
        try finish(progress, limit, known.presence)
    }

    /// How far a scan has come.
    private struct ScanProgress {
        let keyspace: Int
        /// The entry that belongs next.
        var next: Int
        var count = 0
    }

    /// What was known of entries before a scan.
    private struct KnownEntries {
        let states: [EntryState]
        let start: Int
        let data: DataSet

        private func state(of index: Int) -> EntryState? {
            let place = (index - start) / data.namespaces
            return place < states.count ? states[place] : nil
        }

        func presence(of index: Int) -> EntryPresence {
            guard let before = state(of: index) else { return .optional }
            return data.ledger.state(of: index).allowsAbsence(since: before) ? .optional : .required
        }

        func leastVersion(of index: Int) -> UInt32 { state(of: index)?.leastVersion ?? 0 }
    }

    private mutating func begin(_ start: Int) -> ScanProgress {
        key.set(start)
        nextKey.set(start)
        return ScanProgress(keyspace: data.keyspace(of: start), next: start)
    }

    /// Checks the next entry that a scan shows.
    ///
    /// - Parameter least: The lowest version that an entry may have.
    @inline(__always)
    private mutating func visit(
        _ found: RawSpan, _ value: RawSpan, of data: DataSet, _ progress: inout ScanProgress,
        _ presence: (Int) -> EntryPresence, _ least: (Int) -> UInt32
    ) throws {
        // Most often it is the next one; only the number of another has to be read.
        if !found.equals(nextKey.bytes.span.bytes) {
            guard let index = KeyFormat.index(of: found), found.byteCount == data.keySize, index >= progress.next,
                data.keyspace(of: index) == progress.keyspace
            else {
                throw WrongAnswer("a scan shows \(found.asText) where \(nextKey.bytes.asText) or a later key belongs")
            }
            try checkGap(from: progress.next, to: index, presence)
            progress.next = index
            nextKey.set(index)
        }
        let index = progress.next
        guard data.ledger.mayHold(index), presence(index) != .absent else {
            throw WrongAnswer("a scan shows \(found.asText), which was deleted or not written")
        }
        try check(value, of: index, acknowledged: least(index))
        progress.next += data.namespaces
        nextKey.advance(by: data.namespaces)
        progress.count += 1
    }

    /// - Returns: The entry after the last one.
    @discardableResult
    private mutating func finish(
        _ progress: ScanProgress, _ limit: Int, _ presence: (Int) -> EntryPresence
    ) throws -> Int {
        scanned.entries = progress.count
        scanned.bytes = progress.count * data.entrySize
        if progress.count < limit { try checkGap(from: progress.next, to: data.ledger.end, presence) }
        return progress.next
    }

    /// Checks the value that the engine gave for an entry.
    ///
    /// - Parameter acknowledged: The version that was acknowledged before the engine was asked.
    func check(_ value: RawSpan, of index: Int, acknowledged: UInt32) throws {
        let version = ValueFormat.version(of: value) ?? acknowledged
        guard data.values.matches(value, index, version: version), version >= acknowledged else {
            throw wrongAnswer(value, of: index, version: version, acknowledged: acknowledged)
        }
    }

    private func wrongAnswer(
        _ value: RawSpan, of index: Int, version: UInt32, acknowledged: UInt32
    ) -> WrongAnswer {
        var key = KeyFormat(size: data.keySize)
        key.set(index)
        var expected: [UInt8] = []
        data.values.write(index, version: version, into: &expected)
        guard value.equals(expected.span.bytes) else {
            return WrongAnswer("\(key.bytes.asText) holds \(value.difference(from: expected.span.bytes))")
        }
        return WrongAnswer(
            "\(key.bytes.asText) holds version \(version), but version \(acknowledged) was acknowledged")
    }

    private mutating func checkGap(from first: Int, to end: Int, _ presence: (Int) -> EntryPresence) throws {
        var index = first
        while index < end {
            if presence(index) == .required {
                key.set(index)
                throw WrongAnswer("a scan leaves out \(key.bytes.asText)")
            }
            index += data.namespaces
        }
    }
}

/// Whether a scan must show an entry.
enum EntryPresence {
    /// It must.
    case required
    /// It may: its write is on its way.
    case optional
    /// It must not.
    case absent
}
