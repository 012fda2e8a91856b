import Synchronization

/// What has been acknowledged of each entry: how often it was written, and whether it is there. A read must find that
/// version or a later one.
///
/// Each entry is written by one worker alone, which knows the next version without asking the others. Entries from
/// `count` on are added during the run, by the workers in turn, and written once.
final class EntryLedger: @unchecked Sendable {  // the pointer never changes, and what it points to is atomic
    /// How many entries there are without those that the run adds.
    let count: Int
    private let states: UnsafeMutablePointer<Atomic<UInt32>>
    private let added: [PaddedCounter]

    init(count: Int, workers: Int) {
        self.count = count
        added = (0..<workers).map { _ in PaddedCounter() }
        states = .allocate(capacity: count)
        for index in 0..<count { (states + index).initialize(to: Atomic(0)) }
    }

    deinit {
        states.deinitialize(count: count)
        states.deallocate()
    }

    /// What the last acknowledged change has left of an entry.
    func state(of index: Int) -> EntryState {
        guard index >= count else { return EntryState(rawValue: states[index].load(ordering: .acquiring)) }
        let (turn, worker) = (index - count).quotientAndRemainder(dividingBy: added.count)
        return turn < added[worker].acquired ? .written(1) : EntryState(rawValue: 0)
    }

    /// The version of the entry that the last acknowledged write left, 0 when it is not there.
    func version(of index: Int) -> UInt32 { state(of: index).version }

    /// Records that a write of an entry below `count` has returned.
    func acknowledge(_ index: Int, version: UInt32) {
        set(index, .written(version))
    }

    /// Records that an entry below `count` is about to be deleted: from now on it may be gone.
    func beginDelete(_ index: Int) {
        set(index, state(of: index).leaving)
    }

    /// Records that the delete has returned.
    func acknowledgeDelete(_ index: Int) {
        set(index, state(of: index).deleted)
    }

    private func set(_ index: Int, _ state: EntryState) {
        states[index].store(state.rawValue, ordering: .releasing)
    }

    /// How many entries each worker has added.
    var addedCounts: [Int] { added.map(\.acquired) }

    /// Shows `body` the states of all entries below `count`, four bytes each. To be called when nobody writes.
    func withStates<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(start: UnsafeRawPointer(states), count: count * MemoryLayout<UInt32>.size))
    }

    /// Takes over what another ledger of as many entries knew. The counts of the added ones are those of as many workers,
    /// or all 0.
    func restore(_ bytes: UnsafeRawBufferPointer, added counts: [Int]) {
        for index in 0..<count {
            let state = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<UInt32>.size, as: UInt32.self)
            states[index].store(state, ordering: .releasing)
        }
        for (counter, count) in zip(added, counts) { counter.set(count) }
    }

    /// The entry that a worker adds next: the same one until it is acknowledged.
    func nextAdded(by worker: Int) -> Int {
        count + added[worker].current * added.count + worker
    }

    /// Records that the write of the entry that the worker was to add has returned.
    func acknowledgeAdded(by worker: Int) {
        added[worker].add()
    }

    /// The entry below which all have been written at least once, where none is deleted.
    var frontier: Int {
        count + (added.lazy.map(\.acquired).min() ?? 0) * added.count
    }

    /// The entry from which on none has been acknowledged.
    var end: Int {
        count + (added.lazy.map(\.acquired).max() ?? 0) * added.count
    }

    /// Whether the entry may be there, its write perhaps still on its way.
    func mayHold(_ index: Int) -> Bool {
        guard index >= count else { return true }
        let (turn, worker) = (index - count).quotientAndRemainder(dividingBy: added.count)
        return turn <= added[worker].acquired
    }
}
