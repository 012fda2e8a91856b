#if Tracing
    internal import Synchronization

    /// How often the closure of a transaction was run.
    final class Attempts: Sendable {
        private let number = Atomic<Int>(0)

        var count: Int { number.load(ordering: .relaxed) }
        func add() { number.add(1, ordering: .relaxed) }
    }
#endif
