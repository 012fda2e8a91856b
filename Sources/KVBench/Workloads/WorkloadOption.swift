/// An option that only some workloads take: given to another one it is refused, since it would change nothing.
enum WorkloadOption: String, CaseIterable, Sendable {
    case keys = "--keys"
    case keySize = "--key-size"
    case valueSize = "--value-size"
    case batch = "--batch"
    case distribution = "--distribution"
    case mix = "--mix"
    case scanLength = "--scan-length"
    case timeToLive = "--time-to-live"
    case tasks = "--tasks"

    /// Takes its value away.
    func remove(from options: inout RunOptions) {
        switch self {
        case .keys: options.keys = nil
        case .keySize: options.keySize = nil
        case .valueSize: options.valueSize = nil
        case .batch: options.batch = nil
        case .distribution: options.distribution = nil
        case .mix: options.mix = nil
        case .scanLength: options.scanLength = nil
        case .timeToLive: options.timeToLive = nil
        case .tasks: options.usesTasks = false
        }
    }

    /// Whether the options have a value for it.
    func isGiven(in options: RunOptions) -> Bool {
        switch self {
        case .keys: options.keys != nil
        case .keySize: options.keySize != nil
        case .valueSize: options.valueSize != nil
        case .batch: options.batch != nil
        case .distribution: options.distribution != nil
        case .mix: options.mix != nil
        case .scanLength: options.scanLength != nil
        case .timeToLive: options.timeToLive != nil
        case .tasks: options.usesTasks
        }
    }
}
