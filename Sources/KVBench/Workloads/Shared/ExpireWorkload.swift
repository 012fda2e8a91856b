import KVStore

/// Writes and reads entries that live for a short while: half of the operations put, the others read.
///
/// Of each entry it is known when its last put began and when it had returned. A reader must find it for as long as it lives
/// and must not afterwards; only just at its end either is right.
struct ExpireWorkload: Workload {
    static let entry = WorkloadEntry(
        name: "expire",
        summary: "puts and reads of --keys entries (default 100,000) that live for --time-to-live (default 1s)",
        options: [.keys, .keySize, .valueSize, .distribution, .timeToLive],
        making: .alone { options throws(UsageError) in try ExpireWorkload(options) })

    private static let entries = 100_000
    private static let lives: ClosedRange<Duration> = Duration.milliseconds(100)...Duration.seconds(365 * 86_400)
    /// What clocks may differ by: the engine's counts milliseconds since 1970, and may be set.
    private static let tolerance: UInt64 = 50_000_000

    fileprivate let data: DataSet
    let life: Duration
    /// In nanoseconds of the monotonic clock; 0 for an entry that was never put.
    fileprivate let begun: SharedNumbers
    fileprivate let returned: SharedNumbers

    init(_ options: RunOptions) throws(UsageError) {
        var options = options
        options.keys = options.keys ?? Self.entries
        data = try DataSet(options, valueSize: DataSet.usualValueSize)
        life = options.timeToLive ?? .seconds(1)
        guard Self.lives.contains(life) else {
            throw UsageError("--time-to-live is \(life); give from 100ms to 365d")
        }
        begun = SharedNumbers(count: data.count)
        returned = SharedNumbers(count: data.count)
    }

    var needs: Set<EngineFeature> { [.timeToLive] }
    var timeToLive: Duration? { life }
    fileprivate var distribution: KeyDistribution { data.distribution ?? .uniform }
    var shape: String {
        let seconds = NumberText.plain(life.inSeconds.rounded(toPlaces: 3))
        return data.shape + ", \(distribution.rawValue), living for \(seconds) s"
    }

    var parameters: WorkParameters {
        var parameters = data.parameters(batch: nil, distribution: distribution)
        parameters.timeToLive = life
        return parameters
    }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        ExpireWorker(
            load: self, keys: KeyChooser(data, distribution, worker: number), writer: EntryWriter(data),
            session: session)
    }

    /// Looks at all entries once more, as a scan shows them.
    func check(_ session: some BenchSession) throws -> [String] {
        let before = MonotonicClock.now()
        var shown: [Int] = []
        var gone: [Int] = []
        do {
            try data.walk(session) { index, value in
                try check(value, of: index)
                shown.append(index)
            } missing: {
                gone.append($0)
            }
            let after = MonotonicClock.now()
            for index in shown where isOver(lastPut(index), at: before) {
                throw WrongAnswer("a scan shows \(data.keyText(index)), whose time is over")
            }
            for index in gone where isAlive(lastPut(index), at: after) {
                throw WrongAnswer("a scan leaves out \(data.keyText(index)), which lives")
            }
            return []
        } catch let error as WrongAnswer {
            return ["after the run: \(error)"]
        }
    }

    /// When the last put of an entry began and when it had returned, 0 while nobody knows.
    fileprivate struct LastPut: Equatable {
        let begun: Int
        let returned: Int
        /// Whether it is of the past, or there was none.
        var isKnown: Bool { returned > 0 || begun == 0 }
    }

    fileprivate func lastPut(_ index: Int) -> LastPut {
        let returned = returned[index]
        return LastPut(begun: begun[index], returned: returned)
    }

    /// Whether the entry is surely there still, if that was the last put.
    fileprivate func isAlive(_ put: LastPut, at time: UInt64) -> Bool {
        put.returned > 0 && time + Self.tolerance < UInt64(put.begun) + life.inNanoseconds
    }

    /// Whether the entry is surely gone, if that was the last put.
    fileprivate func isOver(_ put: LastPut, at time: UInt64) -> Bool {
        time > UInt64(put.returned) + life.inNanoseconds + Self.tolerance
    }

    fileprivate func check(_ value: RawSpan, of index: Int) throws {
        guard let version = ValueFormat.version(of: value), data.values.matches(value, index, version: version) else {
            throw WrongAnswer("\(data.keyText(index)) holds what was never put")
        }
        guard version >= data.ledger.version(of: index) || returned[index] == 0 else {
            throw WrongAnswer("\(data.keyText(index)) holds an older value than was put last")
        }
    }
}

private struct ExpireWorker<Session: BenchSession>: WorkloadWorker {
    let load: ExpireWorkload
    var keys: KeyChooser
    var writer: EntryWriter
    let session: Session

    mutating func step() throws -> Operation {
        keys.number(below: 2) == 0 ? try put(keys.nextOwned()) : try read(keys.next())
    }

    private mutating func put(_ index: Int) throws -> Operation {
        // From now until it has returned nobody knows.
        load.returned[index] = 0
        load.begun[index] = Int(MonotonicClock.now())
        try writer.put(index, to: session)
        load.returned[index] = Int(MonotonicClock.now())
        return Operation(kind: .write, bytes: load.data.entrySize)
    }

    private func read(_ index: Int) throws -> Operation {
        let data = load.data
        var key = KeyFormat(size: data.keySize)
        key.set(index)
        let lastPut = load.lastPut(index)
        let before = MonotonicClock.now()
        let acknowledged = data.ledger.version(of: index)
        let found = try session.read(key.bytes.span.bytes, in: data.keyspace(of: index)) { value in
            guard let version = ValueFormat.version(of: value), data.values.matches(value, index, version: version),
                version >= acknowledged
            else { throw WrongAnswer("\(data.keyText(index)) holds what was not put last") }
        }
        let after = MonotonicClock.now()
        // Nothing is known of one that is put meanwhile.
        if lastPut.isKnown, load.lastPut(index) == lastPut {
            if found, load.isOver(lastPut, at: before) {
                throw WrongAnswer("\(data.keyText(index)) is there, but its time is over")
            }
            if !found, load.isAlive(lastPut, at: after) { throw WrongAnswer("\(data.keyText(index)) is missing") }
        }
        return Operation(kind: .read, entries: found ? 1 : 0, bytes: found ? data.entrySize : 0)
    }
}
