/// How latencies are spread: for each limit, in microseconds, how many exceeded the one before and not this one. Limits that
/// none fell under are left out.
public struct LatencySteps: Codable, Sendable, Equatable {
    /// The limits, which grow.
    public var limits: [Double] = []
    /// How many latencies, one number for each limit.
    public var counts: [UInt64] = []

    enum CodingKeys: String, CodingKey {
        case limits = "le_us"
        case counts = "count"
    }

    /// Adds some under a limit that is none before the last.
    mutating func add(_ count: UInt64, upTo limit: Double) {
        if limits.last == limit {
            counts[counts.count - 1] += count
        } else {
            limits.append(limit)
            counts.append(count)
        }
    }
}
