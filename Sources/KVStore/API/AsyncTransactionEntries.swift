/// The entries of a range as a transaction whose closure suspends sees them, one after another, as copies.
///
/// ```swift
/// for try await entry in txn.entries(.prefix("order/")) { ... }
/// ```
///
/// Each loop begins anew: with what the transaction has written when the loop asks for its first entry, and shows none of
/// what is written later. The stretch that it has come to, and what was read ahead of it, is what the transaction has read.
public struct AsyncTransactionEntries: AsyncSequence, Sendable {
    private let transaction: AsyncTransaction
    private let range: KeyRange
    private let isReversed: Bool
    private let limit: Int?

    init(_ transaction: AsyncTransaction, _ range: KeyRange, reversed: Bool, limit: Int?) {
        self.transaction = transaction
        self.range = range
        isReversed = reversed
        self.limit = limit
    }

    /// Reads in the transaction's turns on I/O threads, some entries ahead, while the task is suspended.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(transaction, Reading(range, reversed: isReversed, limit: limit))
    }

    /// A loop over the entries, for `for try await`.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let transaction: AsyncTransaction
        private let reading: Reading
        private var ahead = ReadAhead()

        fileprivate init(_ transaction: AsyncTransaction, _ reading: Reading) {
            self.transaction = transaction
            self.reading = reading
        }

        /// The next entry, `nil` after the last.
        ///
        /// - Throws: `.corruption`, `.ioError` and `.closed`, the same each time it is asked for again; `.invalidArgument`
        ///   when the transaction has ended; `CancellationError` for a task that was cancelled.
        public mutating func next() async throws -> Entry? { try await next(isolation: #isolation) }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Entry? {
            try transaction.checkInScope()
            if ahead.isEmpty {
                let (reading, count) = (reading, ahead.count)
                ahead.add(
                    try await transaction.read { (transaction) throws(StoreError) in
                        try reading.page(of: transaction, count)
                    })
            }
            return ahead.popFirst()
        }
    }

    /// A loop's place, on its way through I/O threads.
    fileprivate final class Reading: @unchecked Sendable {  // read in the transaction's turns alone
        private let range: KeyRange
        private let isReversed: Bool
        private let limit: Int?
        /// Nil until the first of them is asked for.
        private var entries: Entries?

        init(_ range: KeyRange, reversed: Bool, limit: Int?) {
            self.range = range
            isReversed = reversed
            self.limit = limit
        }

        func page(of transaction: Transaction, _ count: Int) throws(StoreError) -> ArraySlice<Entry> {
            if let entries { return try entries.page(count) }
            let entries = Entries(try transaction.cursor(range), reversed: isReversed, limit: limit, keysOnly: false)
            self.entries = entries
            return try entries.page(count)
        }
    }
}
