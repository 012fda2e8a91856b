/// The entries of a range, one after another, as copies: the simple loop. A ``Cursor`` does not copy.
///
/// ```swift
/// for try await entry in orders.entries(prefix: "order/") { ... }
///
/// let entries = orders.entries(prefix: "order/")
/// while let entry = try entries.next() { ... }
/// ```
///
/// Nothing is read before the first entry is asked for; what is read from then on is what was there at that moment. Not
/// a `Sequence`, which could not tell its end from a failure.
public final class Entries {
    private let open: () throws(StoreError) -> Cursor
    private let isReversed: Bool
    private let keysOnly: Bool
    private var remaining: Int
    private var cursor: Cursor?
    /// Why there is no telling what comes next.
    private var failure: StoreError?
    /// What tasks have read ahead.
    private var ahead = ReadAhead()
    private static let pageBytes = 256 << 10

    init(
        reversed: Bool, limit: Int?, keysOnly: Bool, open: @escaping () throws(StoreError) -> Cursor
    ) {
        self.open = open
        isReversed = reversed
        self.keysOnly = keysOnly
        remaining = limit ?? .max
    }

    /// The entries of a cursor, which is opened.
    init(_ cursor: consuming Cursor, reversed: Bool, limit: Int?, keysOnly: Bool) {
        self.cursor = consume cursor
        open = { () throws(StoreError) in throw StoreError(.closed, .cursor, "the entries have ended") }
        isReversed = reversed
        self.keysOnly = keysOnly
        remaining = limit ?? .max
    }

    /// The next entry, `nil` after the last.
    ///
    /// - Throws: why there is no telling the next: `.corruption`, `.ioError`, `.closed`; the same each time it is asked
    ///   for again.
    public func next() throws(StoreError) -> Entry? {
        if let entry = ahead.popFirst() { return entry }
        return try readNext()
    }

    private func readNext() throws(StoreError) -> Entry? {
        if let failure { throw failure }
        guard remaining > 0 else { return nil }
        do throws(StoreError) {
            return try read()
        } catch {
            failure = error
            throw error
        }
    }

    private func read() throws(StoreError) -> Entry? {
        var cursor = try takeCursor()
        guard try isReversed ? cursor.previous() : cursor.next() else {
            remaining = 0
            return nil
        }
        remaining -= 1
        let entry = Entry(key: Array(cursor.key), value: keysOnly ? [] : Array(cursor.value))
        self.cursor = consume cursor
        return entry
    }

    private func takeCursor() throws(StoreError) -> Cursor {
        if let cursor = cursor.take() { return cursor }
        return try open()
    }

    /// Calls `body` with each entry that is left.
    ///
    /// - Throws: what `body` throws, and as ``next()``.
    public func forEach(_ body: (Entry) throws -> Void) throws {
        while let entry = try next() { try body(entry) }
    }

    /// The entries that are left in an array, or the next `limit` of them.
    ///
    /// - Throws: as ``next()``.
    public func collect(limit: Int = .max) throws(StoreError) -> [Entry] {
        var entries: [Entry] = []
        while entries.count < limit, let entry = try next() { entries.append(entry) }
        return entries
    }
}

// A task reads a page of entries at a time, on an I/O thread while it is suspended. What it has read ahead is there for
// the next form that is called, whichever that is.
extension Entries {
    /// The next entry, `nil` after the last. Reads on an I/O thread, some entries ahead, while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before reading begins.
    public nonisolated(nonsending) func next() async throws -> Entry? {
        if ahead.isEmpty {
            if let failure { throw failure }
            guard remaining > 0 else { return nil }
            try await readAhead()
        }
        return ahead.popFirst()
    }

    /// Calls `body` with each entry that is left, where the caller runs. Waits as ``next()``.
    ///
    /// - Throws: what `body` throws, and as ``next()``.
    public nonisolated(nonsending) func forEach(_ body: (Entry) throws -> Void) async throws {
        while let entry = try await next() { try body(entry) }
    }

    /// The entries that are left in an array, or the next `limit` of them. Waits as ``next()``.
    ///
    /// - Throws: as ``next()``.
    public nonisolated(nonsending) func collect(limit: Int = .max) async throws -> [Entry] {
        var entries: [Entry] = []
        while entries.count < limit, let entry = try await next() { entries.append(entry) }
        return entries
    }

    private nonisolated(nonsending) func readAhead() async throws {
        let reading = Reading(entries: self)
        let count = ahead.count
        ahead.add(try await StoreThreads.withoutStore.run { try reading.page(count) })
    }

    /// The next entries; none after the last. Where a failure comes after some, they come first.
    func page(_ count: Int) throws(StoreError) -> ArraySlice<Entry> {
        var page: [Entry] = []
        var size = 0
        while page.count < count, size < Self.pageBytes {
            do throws(StoreError) {
                guard let entry = try readNext() else { break }
                page.append(entry)
                size += entry.key.count + entry.value.count
            } catch {
                guard !page.isEmpty else { throw error }
                break
            }
        }
        return page[...]
    }

    /// Entries on their way through I/O threads.
    private struct Reading: @unchecked Sendable {  // one page at a time is read, and nothing else uses the entries then
        let entries: Entries

        func page(_ count: Int) throws(StoreError) -> ArraySlice<Entry> { try entries.page(count) }
    }
}

extension Entries: AsyncSequence {
    /// Reads on an I/O thread, some entries ahead, while the task is suspended. When the loop is left, reading stops.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(entries: self) }

    /// The entries that are left, for `for try await`.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let entries: Entries

        /// The next entry, `nil` after the last.
        ///
        /// - Throws: as ``Entries/next()``, and `CancellationError` for a task that was cancelled.
        public mutating func next() async throws -> Entry? { try await next(isolation: #isolation) }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Entry? {
            try await entries.next()
        }
    }
}
