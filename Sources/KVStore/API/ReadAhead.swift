/// What a task has read ahead of its loop over entries, a page at a time.
struct ReadAhead {
    private var entries: ArraySlice<Entry> = []
    /// How many to read next: it grows from page to page, so that a short loop reads little too much and a long one hops
    /// rarely.
    private(set) var count = 16
    private static let largestCount = 512

    var isEmpty: Bool { entries.isEmpty }

    mutating func popFirst() -> Entry? { entries.popFirst() }

    /// Takes the page that was read next.
    mutating func add(_ page: ArraySlice<Entry>) {
        entries = page
        count = min(count * 2, Self.largestCount)
    }
}
