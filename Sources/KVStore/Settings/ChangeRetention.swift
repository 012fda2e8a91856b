/// How far back the changes of a namespace can be read: see ``NamespaceOptions/changes``.
///
/// Both bounds hold, whatever those who read the changes do: what exceeds either goes.
public struct ChangeRetention: Sendable, Hashable {
    /// How long a change is kept after it was committed, at least. Default 7 days; from 1 s on.
    public var keptFor: Duration
    /// How much disk the changes that are kept may take beyond the log that recovery needs. Default 1 GiB; from 1 MiB
    /// on.
    ///
    /// They are kept as files of the write-ahead log, each about as large as a memtable may grow
    /// (``Tuning/memtableSize``), and go file by file. The newest of them stays until it is too old, also when it is
    /// larger than this.
    public var upTo: ByteCount

    /// How far back the changes of a namespace can be read.
    ///
    /// - Parameters:
    ///   - keptFor: how long a change is kept after it was committed, 7 days by default.
    ///   - upTo: how much disk the changes may take, 1 GiB by default.
    public init(keptFor: Duration = .seconds(7 * 24 * 3600), upTo: ByteCount = .gibibytes(1)) {
        self.keptFor = keptFor
        self.upTo = upTo
    }

    /// What is wrong with it; nil when nothing is.
    var complaint: String? {
        guard keptFor >= .seconds(1), keptFor <= .longest else {
            return "changes.keptFor is \(keptFor), it must be from 1 s to \(Int64.max) s"
        }
        guard upTo >= .mebibytes(1) else { return "changes.upTo is \(upTo), it must be at least 1 MiB" }
        return nil
    }

    /// For how long and up to what size logs are kept for it.
    var logRetention: LogRetention { LogRetention(milliseconds: keptFor.wholeMilliseconds, bytes: UInt64(upTo.bytes)) }
}

/// For how long and up to what size a database keeps logs that its memtables no longer need.
struct LogRetention: Equatable {
    /// How old what they end with may become; nil for any age.
    var milliseconds: UInt64?
    /// How much they may take together; nil for any size.
    var bytes: UInt64?

    /// What does for both: the longer time and the larger size.
    func widened(by other: LogRetention?) -> LogRetention {
        guard let other else { return self }
        func larger(_ one: UInt64?, _ two: UInt64?) -> UInt64? {
            guard let one, let two else { return nil }
            return max(one, two)
        }
        return LogRetention(
            milliseconds: larger(milliseconds, other.milliseconds), bytes: larger(bytes, other.bytes))
    }
}

extension Tuning {
    /// What its settings of the log ask for; nil when they ask for nothing.
    var logRetention: LogRetention? {
        guard walRetention != nil || walRetentionSize != nil else { return nil }
        return LogRetention(
            milliseconds: walRetention?.wholeMilliseconds, bytes: walRetentionSize.map { UInt64($0.bytes) })
    }
}
