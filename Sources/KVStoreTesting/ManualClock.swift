public import FoundationEssentials
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
    private let milliseconds: Mutex<Double>

    /// A clock that stands at a date, now by default.
    public init(at date: Date = Date()) { milliseconds = Mutex(date.timeIntervalSince1970 * 1000) }

    /// What it says.
    public var now: Date { milliseconds.withLock { Date(timeIntervalSince1970: $0 / 1000) } }

    /// Moves it: back for a duration below zero.
    public func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        milliseconds.withLock { $0 += Double(seconds) * 1000 + Double(attoseconds) / 1e15 }
    }

    /// Sets it.
    public func set(to date: Date) { milliseconds.withLock { $0 = date.timeIntervalSince1970 * 1000 } }
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
