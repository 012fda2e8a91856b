import Synchronization

/// As many numbers as there are keys, which many threads change at the same time. All begin at 0.
final class SharedNumbers: @unchecked Sendable {  // the pointer never changes, and what it points to is atomic
    private let count: Int
    private let numbers: UnsafeMutablePointer<Atomic<Int>>

    init(count: Int) {
        self.count = count
        numbers = .allocate(capacity: count)
        for index in 0..<count { (numbers + index).initialize(to: Atomic(0)) }
    }

    deinit {
        numbers.deinitialize(count: count)
        numbers.deallocate()
    }

    /// A number, with everything that happened before it was reached.
    subscript(index: Int) -> Int {
        get { numbers[index].load(ordering: .acquiring) }
        set { numbers[index].store(newValue, ordering: .releasing) }
    }

    func add(_ amount: Int, at index: Int) {
        numbers[index].add(amount, ordering: .acquiringAndReleasing)
    }
}
