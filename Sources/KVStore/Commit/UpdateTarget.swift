/// What updates read and write. The queue of updates knows no more of it than this.
protocol UpdateTarget: Sendable {
    /// Whether what is read is good for its moment alone, so that nothing of it is remembered.
    var expires: Bool { get }
    /// Whether a buffered commit costs no call of the engine at the moment, so that it is not worth while to gather others.
    var commitsCheaply: Bool { get }
    /// What the commits that are no updates are at.
    var writeEpoch: WriteEpoch.State { get }

    /// What all commits that are done have left of a key.
    func value(of key: RawSpan) throws(StoreError) -> [UInt8]?

    /// What a key holds when operands are merged into what it held.
    func combine(_ value: [UInt8]?, _ operands: [[UInt8]]) throws(StoreError) -> [UInt8]

    /// Commits a batch of updates, whole or not at all.
    ///
    /// - Returns: the commit's sequence number.
    func commit(_ batch: WriteBatch, _ durability: Durability) throws(StoreError) -> UInt64

    /// An error that names it.
    func error(_ code: StoreError.Code, _ operation: StoreError.Operation, _ message: String) -> StoreError
}
