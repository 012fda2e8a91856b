/// Whose writers the engine holds up, by looks at them now and then: tells when that begins, gets worse and has ended.
///
/// A database that is written to fast comes and goes between the two. It counts as held up until there was nothing of it
/// for some time.
struct HoldUps {
    /// What there is to say.
    enum Event: Equatable {
        /// Writers are held up, or are stopped now where they were slowed.
        case begun(EngineLoad.HoldUp)
        /// They are no more, for some time, after so many nanoseconds.
        case ended(after: UInt64)
    }

    private struct Episode {
        var holdUp: EngineLoad.HoldUp
        let since: UInt64
        var lastSeen: UInt64
    }

    /// How long there must be nothing of it, in nanoseconds.
    static let calm: UInt64 = 5_000_000_000
    private var episodes: [UInt64: Episode] = [:]

    /// Takes what was seen of a database.
    ///
    /// - Parameters:
    ///   - database: its number.
    ///   - now: the time, in nanoseconds.
    mutating func see(_ holdUp: EngineLoad.HoldUp?, of database: UInt64, at now: UInt64) -> Event? {
        guard let holdUp else {
            guard let episode = episodes[database], now >= episode.lastSeen + Self.calm else { return nil }
            episodes[database] = nil
            return .ended(after: episode.lastSeen - episode.since)
        }
        guard var episode = episodes[database] else {
            episodes[database] = Episode(holdUp: holdUp, since: now, lastSeen: now)
            return .begun(holdUp)
        }
        let isWorse = holdUp == .stopped && episode.holdUp == .slowed
        if isWorse { episode.holdUp = .stopped }
        episode.lastSeen = now
        episodes[database] = episode
        return isWorse ? .begun(.stopped) : nil
    }

    /// Those that something was seen of.
    var databases: Set<UInt64> { Set(episodes.keys) }
}
