extension CommitReceipt: KeyValueReceipt {}

extension Snapshot: KeyValueReader {
    /// The entries of a range of keys, in order, as copies.
    ///
    /// - Parameters:
    ///   - range: the keys.
    ///   - reversed: whether the last comes first.
    ///   - limit: how many at most; nil for all.
    public func entries(_ range: KeyRange, reversed: Bool, limit: Int?) -> Entries {
        entries(range, reversed: reversed, limit: limit, options: ScanOptions())
    }
}

extension Namespace: KeyValueChanges {
    public typealias Moment = Snapshot
    public typealias Transacting = AsyncTransaction
    public typealias Receipt = CommitReceipt

    /// The entries of a range of keys, in order, as copies.
    ///
    /// - Parameters:
    ///   - range: the keys.
    ///   - reversed: whether the last comes first.
    ///   - limit: how many at most; nil for all.
    public func entries(_ range: KeyRange, reversed: Bool, limit: Int?) -> Entries {
        entries(range, reversed: reversed, limit: limit, options: ScanOptions())
    }

    /// The sequence number of the last commit: as ``latestSequence()``.
    ///
    /// - Throws: `.closed`, and `.ioError` when the namespace cannot be opened.
    public func latestChange() async throws -> UInt64 { try await latestSequence() }

    /// Runs `body` with the values of some keys and commits what it wrote, with no other update in between: as
    /// ``update(durability:_:)``, of which it reads less and which is the faster one.
    ///
    /// - Throws: as ``update(durability:_:)``.
    public func update<Result: Sendable>(
        keys: [[UInt8]], durability: Durability? = nil,
        _ body: @escaping @Sendable (inout KeyedUpdate) throws -> Result
    ) async throws -> Result {
        try await update(durability: durability) { update in
            var values: [[UInt8]?] = []
            for key in keys { values.append(try update.get(key)) }
            var keyed = KeyedUpdate(keys: keys, values: values)
            let result = try body(&keyed)
            update.append(keyed.writes)
            return result
        }
    }
}
