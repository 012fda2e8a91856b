import Foundation
import KVStore

/// A clock that is set by hand.
final class ManualClock: @unchecked Sendable {  // guarded by its lock
    private let lock = NSLock()
    private var moment = Timestamp(seconds: 1_700_000_000)

    var now: Timestamp { lock.withLock { moment } }

    func advance(_ seconds: Double) { advance(by: .milliseconds((seconds * 1000).rounded())) }

    func advance(by duration: Duration) { lock.withLock { moment = moment + duration } }
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
