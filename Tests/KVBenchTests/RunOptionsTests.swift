import Testing

@testable import KVBench

@Suite("Options of a run")
struct RunOptionsTests {
    @Test("The defaults are the documented ones")
    func defaults() throws {
        let options = RunOptions()
        #expect(options.workload == "messages")
        #expect(options.engine == "kvstore")
        #expect(options.tuning == .documented)
        #expect(options.durability == nil)
        #expect(options.effectiveDuration == .seconds(30))
        #expect(options.workers == 10)
        #expect(options.namespaces == 1)
        _ = try Benchmark(options)
    }

    @Test("A number of operations lifts the limit of time unless both are given")
    func limits() {
        var options = RunOptions()
        options.operations = 5
        #expect(options.effectiveDuration == nil)
        options.duration = .seconds(2)
        #expect(options.effectiveDuration == .seconds(2))
    }

    @Test(
        "What cannot be run is refused with what to give instead",
        arguments: [
            (Refusal { $0.workload = "mesages" }, ["mesages", "messages"]),
            (Refusal { $0.engine = "lmbd" }, ["lmbd", "kvstore"]),
            (Refusal { $0.duration = .zero }, ["--duration", "30s"]),
            (Refusal { $0.duration = .seconds(-1) }, ["--duration", "30s"]),
            (Refusal { $0.operations = 0 }, ["--operations", "at least 1"]),
            (Refusal { $0.workers = 0 }, ["--workers", "from 1 to"]),
            (Refusal { $0.workers = 1_000_000 }, ["--workers", "from 1 to"]),
            (Refusal { $0.rate = 0 }, ["--rate", "from 1 to"]),
            (Refusal { $0.rate = -5 }, ["--rate", "from 1 to"]),
            (Refusal { $0.namespaces = 0 }, ["--namespaces", "at least 1"]),
            (Refusal { $0.namespaces = 101 }, ["--namespaces", "at most 100"]),
            (Refusal { $0.valueSize = 10 }, ["--value-size", "at least"]),
        ])
    func refusals(refusal: Refusal, words: [String]) throws {
        var options = RunOptions()
        refusal.change(&options)
        let error = try #require(throws: UsageError.self) { try Benchmark(options) }
        for word in words { #expect(error.message.contains(word)) }
    }

    struct Refusal: Sendable {
        let change: @Sendable (inout RunOptions) -> Void
        init(_ change: @escaping @Sendable (inout RunOptions) -> Void) { self.change = change }
    }

    @Test(
        "Durations are read as people write them",
        arguments: [
            ("30s", Duration.seconds(30)), ("500ms", .milliseconds(500)), ("2m", .seconds(120)), ("1h", .seconds(3600)),
            ("45", .seconds(45)), ("1.5s", .milliseconds(1500)), ("0s", .zero), ("-1s", .seconds(-1)),
        ])
    func durations(text: String, duration: Duration) throws {
        #expect(try DurationText.parse(text) == duration)
    }

    @Test("What is no duration is refused", arguments: ["", "s", "ten", "10x", "1 0s", "nan", "infs", "1e300h"])
    func notDurations(text: String) {
        #expect(throws: UsageError.self) { try DurationText.parse(text) }
    }

    @Test("An interval between syncs is a duration or none")
    func syncIntervals() throws {
        #expect(try WALSyncInterval.parse("1s") == .every(.seconds(1)))
        #expect(try WALSyncInterval.parse("100ms") == .every(.milliseconds(100)))
        #expect(try WALSyncInterval.parse("none") == .never)
        for text in ["", "never", "0", "-1s", "0.5ms"] {
            #expect(throws: UsageError.self) { try WALSyncInterval.parse(text) }
        }
    }

    @Test("An engine without a log to sync at an interval refuses one")
    func syncIntervalElsewhere() throws {
        var options = RunOptions()
        options.walSyncInterval = .never
        _ = try Benchmark(options)
        let error = try #require(throws: UsageError.self) { try Benchmark(options, engine: FakeEngine.entry()) }
        #expect(error.message.contains("--wal-sync-interval"))
    }

    @Test("Operations are shared out to the last one")
    func shares() {
        let limits = RunLimits(operations: 23)
        let shares = (0..<10).map { limits.share(of: $0, among: 10) }
        #expect(shares == [3, 3, 3, 2, 2, 2, 2, 2, 2, 2])
        #expect(RunLimits(duration: .seconds(1)).share(of: 0, among: 10) == .max)
    }
}
