internal import Synchronization

/// Counts the commits of a column family that do not come through its updates: what updates remember of the database is
/// good if no such commit was under way when it was read, and for as long as none begins.
///
/// Readers see a commit before its thread comes to note that it is done, so that its beginning is what has to count.
struct WriteEpoch: ~Copyable, Sendable {
    /// How many have begun, above how many are under way: of those there are no more than threads.
    private let word = Atomic<UInt64>(0)
    private static let one: UInt64 = 1 << 16

    struct State: Equatable {
        fileprivate var word: UInt64 = 0

        /// Whether none is under way.
        var isQuiet: Bool { word & (WriteEpoch.one - 1) == 0 }

        /// Whether none was under way then and none has begun since.
        func isUndisturbed(since earlier: State) -> Bool { earlier.isQuiet && earlier == self }
    }

    var state: State { State(word: word.load(ordering: .acquiring)) }

    @inline(__always)
    func begin() { word.wrappingAdd(Self.one + 1, ordering: .acquiringAndReleasing) }

    @inline(__always)
    func end() { word.wrappingSubtract(1, ordering: .releasing) }
}
