/// How values stand in a namespace's database: as they are, or with a trailer behind them.
enum ValueFormat: Sendable {
    case plain
    /// The trailer is one byte: 0 for a value, 1 for the parts of one that could not be combined.
    case mergeable(MergeOperator)
    /// The trailer is the time of expiry: 8 bytes, little-endian, milliseconds since 1970.
    case expiring(TimeToLive)

    static let whole: UInt8 = 0
    static let inParts: UInt8 = 1

    var trailerSize: Int {
        switch self {
        case .plain: 0
        case .mergeable: 1
        case .expiring: 8
        }
    }

    /// Whether entries expire.
    var expires: Bool {
        if case .expiring = self { true } else { false }
    }

    /// What is put behind a value that is written now.
    var trailer: [UInt8] {
        switch self {
        case .plain: []
        case .mergeable: [Self.whole]
        case .expiring(let timeToLive): timeToLive.trailer
        }
    }

    /// The time by which entries expire, in milliseconds since 1970; zero where they live for ever.
    var now: UInt64 {
        guard case .expiring(let timeToLive) = self else { return 0 }
        return timeToLive.clock.now
    }

    /// Whether an entry has expired at a time.
    func hidesExpired(_ stored: UnsafeRawBufferPointer, at time: UInt64) -> Bool {
        guard case .expiring(let timeToLive) = self else { return false }
        return timeToLive.isExpired(stored, at: time)
    }

    /// Whether readers may see what is stored.
    ///
    /// - Parameter time: as of when; now if nil.
    /// - Throws: for what cannot be read.
    func shows(_ stored: UnsafeRawBufferPointer, at time: UInt64? = nil) throws(EngineFailure) -> Bool {
        guard stored.count >= trailerSize else {
            throw .refused(
                .corruption,
                "a value is too short to be one of this namespace; it was written past the library, or the catalog is not its own"
            )
        }
        switch self {
        case .plain: return true
        case .expiring(let timeToLive): return !timeToLive.isExpired(stored, at: time ?? timeToLive.clock.now)
        case .mergeable(let merge):
            guard stored[stored.count - 1] != Self.whole else { return true }
            throw .refused(
                .corruption,
                "the merge operator \"\(merge.name)\" could not combine what was merged into this key; its parts are kept. Put "
                    + "or delete the key, or merge into it again with an operator that can")
        }
    }
}
