import Synchronization

/// A count that threads share.
final class Tally: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    func add(_ number: Int = 1) { count.wrappingAdd(number, ordering: .sequentiallyConsistent) }

    func reset() { count.store(0, ordering: .sequentiallyConsistent) }
}
