/// What one worker measures: its own histograms and counts, so that nothing is shared while it runs.
struct WorkerRecorder {
    /// How many errors are described; the others are only counted.
    static let describedErrors = 5

    /// What there is of each kind of operation.
    private struct Kind {
        let latencies: LatencyRecorder
        var work = WorkDone()

        @inline(__always)
        mutating func record(_ operation: Operation, _ nanoseconds: UInt64) {
            latencies.record(nanoseconds)
            work.entries &+= operation.entries
            work.bytes &+= operation.bytes
        }
    }

    private var writes: Kind
    private var reads: Kind
    /// How many operations went wrong.
    private(set) var errors = 0
    /// The first errors that differ, in words.
    private(set) var descriptions: [String] = []

    /// - Parameter live: where it counts, for others to look at.
    init(live: LiveCounts) {
        writes = Kind(latencies: live.latencies(.write))
        reads = Kind(latencies: live.latencies(.read))
    }

    /// Records an operation that went well.
    @inline(__always)
    mutating func record(_ operation: Operation, nanoseconds: UInt64) {
        if operation.kind == .write {
            writes.record(operation, nanoseconds)
        } else {
            reads.record(operation, nanoseconds)
        }
    }

    /// Records an operation that went wrong.
    mutating func fail(_ error: any Error) {
        errors += 1
        guard descriptions.count < Self.describedErrors else { return }
        let description = String(describing: error)
        if !descriptions.contains(description) { descriptions.append(description) }
    }

    /// The latencies of the whole run.
    func histogram(_ kind: OperationKind) -> LatencyHistogram {
        (kind == .write ? writes : reads).latencies.histogram
    }

    /// What the operations wrote or read.
    func work(_ kind: OperationKind) -> WorkDone { (kind == .write ? writes : reads).work }
}

/// How much operations wrote or read.
struct WorkDone: Sendable, Equatable {
    var entries = 0
    var bytes = 0

    mutating func add(_ other: WorkDone) {
        entries += other.entries
        bytes += other.bytes
    }
}
