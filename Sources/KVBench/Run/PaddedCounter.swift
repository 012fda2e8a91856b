import Synchronization

/// A number that is counted up and looked at by many threads, alone on its cache lines: without the padding ten workers
/// would pull one line back and forth on every operation.
final class PaddedCounter: Sendable {
    private let before = InlineArray<16, UInt64>(repeating: 0)
    private let value = Atomic<Int>(0)
    private let after = InlineArray<15, UInt64>(repeating: 0)

    /// The latest number that this thread can see.
    var current: Int { value.load(ordering: .relaxed) }

    /// Counts one up; for any thread. What happened before is visible to those who see it through `acquired`.
    func add() {
        value.add(1, ordering: .releasing)
    }

    /// Begins at another number; before anybody counts.
    func set(_ number: Int) {
        value.store(number, ordering: .releasing)
    }

    /// The latest number, with everything that happened before it was reached.
    var acquired: Int { value.load(ordering: .acquiring) }
}
