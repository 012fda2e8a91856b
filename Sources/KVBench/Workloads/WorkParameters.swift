/// What a workload writes and reads, in numbers; `nil` for what it has none of.
struct WorkParameters: Sendable, Equatable {
    /// How many different keys.
    var keys: Int?
    var keySize: Int?
    var valueSize: Int?
    /// How many entries an operation writes or reads.
    var batch: Int?
    /// Which keys are picked how often, where they are picked at random.
    var distribution: KeyDistribution?
    /// How long entries live.
    var timeToLive: Duration?
    /// Which operations are mixed.
    var mix: String?
    /// How many entries the longest scan of a mix reads.
    var scanLength: Int?
}
