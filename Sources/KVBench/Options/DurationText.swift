import KVStore

/// Durations as people type them: `30s`, `500ms`, `2m`, `1h`, or a plain number of seconds.
public enum DurationText {
    /// The duration that `text` names.
    ///
    /// - Throws: `UsageError` for anything that is not a number with one of these units, and for one too large to hold.
    ///   Zero and negative durations are read as such; whoever uses the duration judges them.
    public static func parse(_ text: String) throws(UsageError) -> Duration {
        guard let duration = Duration(settingText: text) else {
            throw UsageError("'\(text)' is no duration; give for example 30s, 500ms, 2m or 1h")
        }
        return duration
    }
}

extension Duration {
    /// The whole duration as a number of seconds.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// The whole duration as nanoseconds, for comparison with the monotonic clock.
    var inNanoseconds: UInt64 {
        UInt64(max(0, inSeconds) * 1e9)
    }
}
