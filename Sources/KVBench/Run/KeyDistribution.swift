/// Which keys a workload picks how often.
public enum KeyDistribution: String, CaseIterable, Sendable, Codable {
    /// Each as often as any other.
    case uniform
    /// A few very often: the one of rank k in proportion to 1/k^0.99. The often picked ones lie all over the key space.
    case zipfian
    /// As zipfian, the newest key most often: the one with the highest number.
    case latest
}
