import Foundation
import KVStore

/// A clock that is set by hand.
final class ManualClock: @unchecked Sendable {  // guarded by its lock
    private let lock = NSLock()
    private var date = Date(timeIntervalSince1970: 1_700_000_000)

    var now: Date { lock.withLock { date } }

    func advance(_ seconds: Double) { lock.withLock { date += seconds } }
}

/// Runs `body` with a new store, a namespace in it whose entries live for 60 s, and the clock that they live by.
func withExpiringNamespace(_ body: (Store, Namespace, ManualClock) throws -> Void) throws {
    let clock = ManualClock()
    var configuration = StoreConfiguration.tiny
    configuration.timeToLiveClock = { clock.now }
    try withTemporaryStore(configuration) { store, _ in
        try body(store, store.createNamespace("n", options: NamespaceOptions(timeToLive: .seconds(60))), clock)
    }
}
