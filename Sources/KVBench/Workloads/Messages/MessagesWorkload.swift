/// The load of a message store: every write appends one message to a stream, every tenth is followed by a read of the
/// first page of that stream.
struct MessagesWorkload: Workload {
    static let entry = WorkloadEntry(
        name: "messages",
        summary: "a message store: one update of five keys a write, a checked page of ten for every tenth (default)",
        options: [.valueSize],
        making: .alone { options throws(UsageError) in try MessagesWorkload(options) })

    static let streams = 100
    static let pageSize = 10
    /// How many writes of a worker there are for each page that it reads.
    static let writesPerRead = 10
    static let messageSize = 350

    private let namespaces: Int
    private let format: MessageFormat
    private let progress: StreamProgress

    init(_ options: RunOptions) throws(UsageError) {
        guard options.namespaces <= Self.streams else {
            throw UsageError(
                "--namespaces is \(options.namespaces), but messages has \(Self.streams) streams to spread;"
                    + " give at most \(Self.streams)")
        }
        let size = options.valueSize ?? Self.messageSize
        guard size >= MessageFormat.minimumSize else {
            throw UsageError("--value-size is \(size); a message takes at least \(MessageFormat.minimumSize) bytes")
        }
        namespaces = options.namespaces
        format = MessageFormat(size: size, seed: options.seed)
        progress = StreamProgress(streams: Self.streams)
    }

    var expectations: [ExpectedRate] {
        [
            ExpectedRate(.writesPerSecond, moreThan: 40_000),
            ExpectedRate(.readsPerSecond, moreThan: 4_000),
            ExpectedRate(.operationsPerSecond, moreThan: 38_000),
        ]
    }

    var shape: String {
        "\(Self.streams) streams in \(namespaces) namespace\(namespaces == 1 ? "" : "s"),"
            + " messages of \(format.size) bytes, pages of \(Self.pageSize)"
    }

    var parameters: WorkParameters { WorkParameters(valueSize: format.size) }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        MessagesWorker(number: number, namespaces: namespaces, format: format, progress: progress, session: session)
    }

    /// Compares what every stream and namespace counts with what was acknowledged: a lost or doubled update shows here
    /// even where no page was read.
    func check(_ session: some BenchSession) throws -> [String] {
        let keys = MessageKeys(streams: Self.streams)
        var failures: [String] = []
        var written = [Int](repeating: 0, count: namespaces)
        for stream in 0..<Self.streams {
            let acknowledged = progress.acknowledged(stream)
            written[stream % namespaces] += acknowledged
            let last = try session.number(keys.version(stream), in: stream % namespaces)
            if last != (acknowledged == 0 ? nil : UInt64(acknowledged - 1)) {
                failures.append(
                    "stream \(MessageKeys.name(stream)) ends at position \(last.map { "\($0)" } ?? "none"),"
                        + " but \(acknowledged) messages were acknowledged")
            }
        }
        for namespace in 0..<namespaces {
            let next = try session.number(keys.globalPosition, in: namespace)
            if next != (written[namespace] == 0 ? nil : UInt64(written[namespace] + 1)) {
                failures.append(
                    "namespace \(namespace) has the next global position \(next.map { "\($0)" } ?? "none"),"
                        + " but \(written[namespace]) messages were acknowledged")
            }
        }
        return failures
    }
}

extension BenchSession {
    /// The number stored under `key`, or `nil` when there is none.
    fileprivate func number(_ key: [UInt8], in keyspace: Int) throws -> UInt64? {
        var number: UInt64?
        _ = try read(key.span.bytes, in: keyspace) { number = try MessageKeys.number($0) }
        return number
    }
}
