import Synchronization

/// What has been acknowledged of each entry: how often it was written, 0 while it is not there. A read must find that
/// version or a later one.
///
/// Each entry is written by one worker alone, which knows the next version without asking the others. Entries from
/// `count` on are added during the run, by the workers in turn, and written once.
final class EntryLedger: @unchecked Sendable {  // the pointer never changes, and what it points to is atomic
    /// How many entries there are without those that the run adds.
    let count: Int
    private let versions: UnsafeMutablePointer<Atomic<UInt32>>
    private let added: [PaddedCounter]

    init(count: Int, workers: Int) {
        self.count = count
        added = (0..<workers).map { _ in PaddedCounter() }
        versions = .allocate(capacity: count)
        for index in 0..<count { (versions + index).initialize(to: Atomic(0)) }
    }

    deinit {
        versions.deinitialize(count: count)
        versions.deallocate()
    }

    /// The version of the entry that the last acknowledged write left, 0 when it is not there.
    func version(of index: Int) -> UInt32 {
        guard index >= count else { return versions[index].load(ordering: .acquiring) }
        let (turn, worker) = (index - count).quotientAndRemainder(dividingBy: added.count)
        return turn < added[worker].acquired ? 1 : 0
    }

    /// Records that a write of an entry below `count` has returned, or with version 0 a delete.
    func acknowledge(_ index: Int, version: UInt32) {
        versions[index].store(version, ordering: .releasing)
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
