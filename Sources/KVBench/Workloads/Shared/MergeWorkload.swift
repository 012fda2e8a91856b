import KVStore

/// Adds to counters by merges, which need not read them; every tenth operation reads one.
///
/// Any worker adds to any counter: of each it is known how many additions have begun and how many have been acknowledged,
/// and a reader must find a number from the one to the other.
struct MergeWorkload: Workload {
    static let entry = WorkloadEntry(
        name: "merge", summary: "adds to counters by merges; every tenth operation reads one",
        options: [.keys, .keySize, .distribution],
        making: .alone { options throws(UsageError) in try MergeWorkload(options) })

    fileprivate static let size = 8
    fileprivate static let operationsPerRead = 10

    fileprivate let data: DataSet
    fileprivate let begun: SharedNumbers
    fileprivate let acknowledged: SharedNumbers

    init(_ options: RunOptions) throws(UsageError) {
        data = try DataSet(options, valueSize: Self.size)
        begun = SharedNumbers(count: data.count)
        acknowledged = SharedNumbers(count: data.count)
    }

    var needs: Set<EngineFeature> { [.merges] }
    fileprivate var distribution: KeyDistribution { data.distribution ?? .uniform }
    var shape: String { data.shape + ", \(distribution.rawValue), counters" }
    var parameters: WorkParameters { data.parameters(batch: nil, distribution: distribution) }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        MergeWorker(
            load: self, keys: KeyChooser(data, distribution, worker: number), session: session,
            key: KeyFormat(size: data.keySize), turn: number)
    }

    func check(_ session: some BenchSession) throws -> [String] {
        do {
            try data.walk(session) { index, value in
                try check(value, of: index, acknowledged[index]...acknowledged[index])
            } missing: { index in
                guard acknowledged[index] == 0 else { throw WrongAnswer("\(data.keyText(index)) is missing") }
            }
            return []
        } catch let error as WrongAnswer {
            return ["after the run: \(error)"]
        }
    }

    fileprivate func check(_ value: RawSpan, of index: Int, _ range: ClosedRange<Int>) throws {
        guard value.byteCount == Self.size else {
            throw WrongAnswer("\(data.keyText(index)) holds \(value.byteCount) bytes, which are no counter")
        }
        let number = value.withUnsafeBytes { Int(Int64(littleEndian: $0.loadUnaligned(as: Int64.self))) }
        guard range.contains(number) else {
            throw WrongAnswer(
                "\(data.keyText(index)) counts \(number), but from \(range.lowerBound) to \(range.upperBound) were added"
            )
        }
    }
}

private struct MergeWorker<Session: BenchSession>: WorkloadWorker {
    let load: MergeWorkload
    var keys: KeyChooser
    let session: Session
    var key: KeyFormat
    /// Workers begin at different turns, so that they do not read together.
    var turn: Int
    let one = MergeOperator.number(1)

    mutating func step() throws -> Operation {
        let index = keys.next()
        key.set(index)
        turn += 1
        guard turn % MergeWorkload.operationsPerRead != 0 else { return try read(index) }
        load.begun.add(1, at: index)
        try session.merge(key.bytes.span.bytes, one.span.bytes, in: load.data.keyspace(of: index))
        load.acknowledged.add(1, at: index)
        return Operation(kind: .write, bytes: load.data.keySize + one.count)
    }

    private func read(_ index: Int) throws -> Operation {
        let least = load.acknowledged[index]
        let found = try session.read(key.bytes.span.bytes, in: load.data.keyspace(of: index)) { value in
            try load.check(value, of: index, least...max(least, load.begun[index]))
        }
        guard found || least == 0 else { throw WrongAnswer("\(key.bytes.asText) is missing") }
        return Operation(kind: .read, entries: found ? 1 : 0, bytes: found ? load.data.entrySize : 0)
    }
}
