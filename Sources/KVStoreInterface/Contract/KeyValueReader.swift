/// What can be read, by calls that suspend: a namespace as it is now, one as it was at a moment, or what a transaction sees.
///
/// Keys are bytes, ordered as unsigned bytes, a shorter key before a longer one that it begins. A key that is not there is
/// no error. Each method may throw a ``StoreError``, and `CancellationError` for a task that is cancelled.
///
/// Each method begins where its caller runs, an actor too, so that what is known at once costs no change of threads.
public protocol KeyValueReader: Sendable {
    /// The entries of a range, one after another.
    associatedtype EntrySequence: AsyncSequence where EntrySequence.Element == Entry

    /// A copy of the value of a key; nil when there is none.
    nonisolated(nonsending) func get(_ key: some Bytes & Sendable) async throws -> [UInt8]?

    /// Copies of the values of many keys, in the order of the keys; nil for each that is not there.
    nonisolated(nonsending) func getMany(_ keys: [some Bytes & Sendable]) async throws -> [[UInt8]?]

    /// The entries of a range of keys, in order: of the moment at which the first of them is asked for, however long the
    /// loop takes.
    ///
    /// - Parameters:
    ///   - reversed: whether the last comes first.
    ///   - limit: how many at most; nil for all.
    func entries(_ range: KeyRange, reversed: Bool, limit: Int?) -> EntrySequence
}

extension KeyValueReader {
    /// Whether a key is there.
    public nonisolated(nonsending) func contains(_ key: some Bytes & Sendable) async throws -> Bool {
        try await get(key) != nil
    }

    /// The entries of a range in an array.
    ///
    /// - Parameters:
    ///   - range: all keys by default.
    ///   - reversed: whether the last comes first.
    ///   - limit: how many at most; all by default.
    public nonisolated(nonsending) func page(
        _ range: KeyRange = .all, reversed: Bool = false, limit: Int? = nil
    ) async throws -> [Entry] {
        var page: [Entry] = []
        for try await entry in entries(range, reversed: reversed, limit: limit) { page.append(entry) }
        return page
    }
}
