import Foundation
import KVStore
import Synchronization
import SystemPackage
import Testing

@testable import KVBench

@Suite("Runs")
struct BenchmarkTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("The real engine gives back what was written", arguments: [1, 3])
    func real(namespaces: Int) throws {
        var options = options(operations: 2000)
        options.namespaces = namespaces
        let report = try Benchmark(options).run()
        let document = report.document
        #expect(report.errors == [])
        #expect(document.errors == 0)
        #expect(document.writes + document.reads == 2000)
        #expect(document.reads >= 180)
        #expect(document.durability == "buffered")
        #expect(document.seconds > 0)
        #expect(try #require(document.cpuMicrosecondsPerOperation) > 0)
        #expect(try #require(document.peakResidentBytes) > 0)
        #expect(try #require(document.diskBytes) > 0)
        #expect(document.environment.syncMicroseconds > 0)
        #expect(document.environment.engineVersion.contains("."))
        let latency = try #require(document.latencyMicroseconds["write"])
        #expect(0 < latency.p50 && latency.p50 <= latency.p99 && latency.p99 <= latency.max)
        let last = try #require(document.series.last)
        #expect(last.writes == document.writes && last.reads == document.reads)
        #expect(abs(last.t - document.seconds) < 0.01)
        #expect(try #require(last.residentBytes) > 0)
    }

    @Test("The tuning before syncs its commits; a durability that is named wins")
    func before() throws {
        var options = options(operations: 50)
        options.tuning = .before
        let document = try Benchmark(options).run().document
        #expect(document.tuning == "before")
        #expect(document.durability == "synced")
        #expect(document.errors == 0)

        options.data = folder.path.appending("unlogged")
        options.durability = .unlogged
        #expect(try Benchmark(options).run().document.durability == "unlogged")
    }

    @Test("A run by time is sampled every second")
    func series() throws {
        var options = options()
        options.workers = 1
        options.duration = .milliseconds(2200)
        let document = try Benchmark(options, engine: SlowEngine.entry).run().document
        #expect(document.seconds >= 2.2)
        #expect(document.series.count >= 3)
        for (earlier, later) in zip(document.series, document.series.dropFirst()) {
            #expect(earlier.t < later.t && earlier.writes <= later.writes)
        }
        #expect(document.series[0].t >= 1 && document.series[0].writes > 0)
        #expect(document.series[0].level0Files == 3)
    }

    @Test("An engine that does not open leaves no temporary data behind")
    func failedOpen() throws {
        let entry = EngineEntry(name: "broken", summary: "") { settings in
            try Data("x".utf8).write(to: URL(filePath: settings.directory.appending("file").string))
            throw FakeEngine.Failure(description: "broken")
        }
        var options = options(operations: 10)
        options.data = nil
        let before = try FileManager.default.contentsOfDirectory(atPath: ".")
        #expect(throws: FakeEngine.Failure.self) { try Benchmark(options, engine: entry).run() }
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: ".")).isSubset(of: before))
    }

    @Test(
        "A signal during a run leaves what was measured until then, marked as cut short", arguments: [SIGINT, SIGTERM])
    func cutShort(signal: Int32) throws {
        let stop = StopRequest()
        let writes = Atomic(0)
        let entry = EngineEntry(name: "stopping", summary: "") { settings in
            StoppingEngine(base: FakeEngine(settings)) {
                if writes.add(1, ordering: .relaxed).newValue == 500 { stop.make(signal: signal) }
            }
        }
        let report = try Benchmark(options(), engine: entry).run(stop: stop)
        #expect(report.document.writes >= 490)
        #expect(report.document.cutShort == (signal == SIGINT ? "SIGINT" : "SIGTERM"))
        #expect(report.document.errors == 0)
        #expect(report.exitStatus == 128 + signal)
        #expect(report.table.contains("CUT SHORT by SIG"))
    }

    @Test("A signal before anything is measured ends the run without a result; data that the user named stays")
    func interrupted() throws {
        let stop = StopRequest()
        stop.make(signal: 15)
        let error = try #require(throws: Interrupted.self) {
            try Benchmark(options(), engine: FakeEngine.entry()).run(stop: stop)
        }
        #expect(error.exitStatus == 143)
        #expect(error.description.contains("stays in"))
        #expect(try folder.content == ["data"])
    }

    @Test("A worker that cannot be made ends the run before it starts")
    func failedSession() throws {
        let entry = EngineEntry(name: "broken", summary: "") { SessionlessEngine(base: FakeEngine($0)) }
        #expect(throws: FakeEngine.Failure.self) { try Benchmark(options(), engine: entry).run() }
    }

    @Test("An engine that fails every time ends the run early, with a report")
    func manyErrors() throws {
        let entry = EngineEntry(name: "broken", summary: "") { BrokenEngine(FakeEngine($0)) }
        let report = try Benchmark(options(), engine: entry).run()
        #expect(report.document.errors >= WorkerRun.maximumErrors)
        #expect(report.document.writes == 0)
        #expect(report.errors == ["always"])
        #expect(report.table.contains("ended early"))
        #expect(report.exitStatus == 1)
    }

    @Test("The first reason to stop is the one that counts")
    func stopReasons() {
        let stop = StopRequest()
        #expect(!stop.isMade)
        stop.makeForErrors()
        #expect(stop.isMade && stop.isForErrors)
        #expect(!stop.make(signal: 2))
        #expect(stop.signal == nil)
    }

    private func options(operations: Int? = nil) -> RunOptions {
        var options = RunOptions()
        options.operations = operations
        options.data = folder.path.appending("data")
        return options
    }
}

/// An engine in memory whose writes take a millisecond, so that a test by time does not fill the memory.
private struct SlowEngine: BenchEngine {
    static let entry = EngineEntry(name: "slow", summary: "") { SlowEngine(base: FakeEngine($0)) }

    let base: FakeEngine
    var build: EngineBuild { base.build }
    var durability: Durability { base.durability }
    func makeSession() -> DelegatingSession { DelegatingSession(base.makeSession()) { usleep(1000) } }
    func gauges() -> EngineGauges { base.gauges() }
    func close() { base.close() }
}

/// An engine in memory that does something with every write.
private struct StoppingEngine: BenchEngine {
    let base: FakeEngine
    let onWrite: @Sendable () -> Void
    var build: EngineBuild { base.build }
    var durability: Durability { base.durability }
    func makeSession() -> DelegatingSession { DelegatingSession(base.makeSession(), beforeWrite: onWrite) }
    func gauges() -> EngineGauges { base.gauges() }
    func close() { base.close() }
}

/// An engine in memory that has a session for the caller's own use, and none for workers.
private struct SessionlessEngine: BenchEngine {
    let base: FakeEngine
    let caller = pthread_self()

    var build: EngineBuild { base.build }
    var durability: Durability { base.durability }
    func makeSession() throws -> FakeSession {
        guard pthread_self() == caller else { throw FakeEngine.Failure(description: "no session") }
        return base.makeSession()
    }
    func gauges() -> EngineGauges { base.gauges() }
    func close() { base.close() }
}

/// An engine in memory none of whose writes succeeds.
private struct BrokenEngine: BenchEngine {
    let base: FakeEngine

    init(_ base: FakeEngine) { self.base = base }

    var build: EngineBuild { base.build }
    var durability: Durability { base.durability }
    func makeSession() -> DelegatingSession {
        DelegatingSession(base.makeSession()) { throw FakeEngine.Failure(description: "always") }
    }
    func gauges() -> EngineGauges { base.gauges() }
    func close() { base.close() }
}
