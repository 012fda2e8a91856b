/// How often a buffered log is synced, as `--wal-sync-interval` takes it.
public enum WALSyncInterval: Sendable, Equatable {
    /// At most this long after a commit.
    case every(Duration)
    /// Not by itself: what a power cut takes is then up to the kernel.
    case never

    /// The interval that `text` names: `1s`, `100ms`, or `none`.
    ///
    /// - Throws: `UsageError` for what is no duration, and for one below a millisecond.
    public static func parse(_ text: String) throws(UsageError) -> WALSyncInterval {
        guard text != "none" else { return .never }
        let interval = try DurationText.parse(text)
        guard interval >= .milliseconds(1) else {
            throw UsageError(
                "--wal-sync-interval must be at least 1ms; give for example 100ms, or --durability synced to sync"
                    + " every commit")
        }
        return .every(interval)
    }

    /// The interval, `nil` for never.
    var duration: Duration? {
        switch self {
        case .every(let duration): duration
        case .never: nil
        }
    }
}
