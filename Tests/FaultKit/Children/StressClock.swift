internal import KVStore
internal import Synchronization

/// Puts ever larger numbers under one key.
final class StressClock: StressThread, @unchecked Sendable {  // used by one thread
    init(_ stress: Stress) { super.init(stress, "clock", 0) }

    func run() {
        var time = 0
        while !isOver {
            let next = time + 1
            let isDone = call("put") { try store.namespace(Stress.names[0]).put("clock", "\(next)") } != nil
            guard isDone else { continue }
            time = next
            stress.clock.store(time, ordering: .sequentiallyConsistent)
            Clock.sleep(milliseconds: 1)
        }
    }
}
