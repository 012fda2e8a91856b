import KVStore

/// What variants of the tuning are compared in.
enum TuningOperation: String, CaseIterable {
    /// Writing all entries, flushing and compacting them, into a new database.
    case fill
    case get
    case missing = "get, missing"
    case step
    case coldGet = "get, uncached"
    case coldStep = "step, uncached"

    var cache: ByteCount {
        switch self {
        case .fill, .get, .missing, .step: .gibibytes(1)
        case .coldGet, .coldStep: .mebibytes(1)
        }
    }
}
