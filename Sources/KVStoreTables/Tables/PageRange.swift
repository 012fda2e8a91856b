internal import KVStoreInterface

/// What is read for a page: one entry more than it has, which tells whether another follows.
struct PageRange {
    let range: KeyRange
    let limit: Int
    private let start: Int
    private let isReversed: Bool

    /// - Parameters:
    ///   - range: of keys behind `start`.
    ///   - token: of the page before.
    init(_ range: KeyRange, behind start: [UInt8], after token: PageToken?, reversed: Bool, limit: Int) throws {
        let left = try token.map { try $0.rest(of: range, reversed: reversed) } ?? range
        self.range = left.within(start, upTo: [ElementCode.end])
        self.limit = max(limit, 1)
        self.start = start.count
        isReversed = reversed
    }

    /// The entries of the page, of those that were read, and where the next begins.
    func cut(_ entries: [Entry]) -> (entries: [Entry], next: PageToken?) {
        guard entries.count > limit else { return (entries, nil) }
        let page = Array(entries.prefix(limit))
        return (page, page.last.map { PageToken(Array($0.key[start...]), reversed: isReversed) })
    }
}
