public import KVStore
internal import Synchronization

/// A clock that stands still until it is moved: for times to live and for how old kept changes are.
///
/// ```swift
/// let clock = ManualClock()
/// try withTemporaryStore(.small.with(clock)) { store in
///     let sessions = try store.createNamespace("sessions", options: NamespaceOptions(timeToLive: .seconds(60)))
///     try sessions.put("token", "user 7")
///     clock.advance(by: .seconds(61))
///     assert(try sessions.get("token") == nil)
/// }
/// ```
public final class ManualClock: Sendable {
    private let moment: Mutex<Timestamp>

    /// A clock that stands at a moment, now by default.
    public init(at moment: Timestamp = .now) { self.moment = Mutex(moment) }

    /// What it says.
    public var now: Timestamp { moment.withLock { $0 } }

    /// Moves it: back for a duration below zero.
    public func advance(by duration: Duration) { moment.withLock { $0 = $0 + duration } }

    /// Sets it.
    public func set(to moment: Timestamp) { self.moment.withLock { $0 = moment } }
}

extension StoreConfiguration {
    /// The same with another clock: see ``KVStore/StoreConfiguration/timeToLiveClock``.
    public func with(_ clock: ManualClock) -> StoreConfiguration {
        var configuration = self
        configuration.timeToLiveClock = { clock.now }
        return configuration
    }

    /// The same with a layout.
    public func with(_ layout: StoreLayout) -> StoreConfiguration {
        var configuration = self
        configuration.layout = layout
        return configuration
    }
}
