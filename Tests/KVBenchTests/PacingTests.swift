import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("Pacing")
struct PacingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Operations of all workers are due one after another, evenly spread")
    func schedule() {
        let pacers = (0..<4).map { Pacer(rate: 1000, worker: $0, workers: 4, start: 5_000_000) }
        let due = (0..<3).flatMap { operation in pacers.map { $0.due(operation) } }
        #expect(due == (0..<12).map { 5_000_000 + UInt64($0) * 1_000_000 })
        // After an hour the schedule has not drifted.
        #expect(pacers[0].due(900_000) == 5_000_000 + 3_600_000_000_000)
    }

    @Test("Waiting ends when the operation is due, at the deadline, and when the run is stopped")
    func waiting() {
        let start = MonotonicClock.now()
        let stop = StopRequest()
        let pacer = Pacer(rate: 10, worker: 0, workers: 1, start: start)
        #expect(pacer.wait(for: 1, until: .max, stop) == start + 100_000_000)
        #expect(MonotonicClock.now() >= start + 100_000_000)
        // It is late for the one before, which therefore begins at once and was due in the past.
        #expect(pacer.wait(for: 0, until: .max, stop) == start)
        #expect(pacer.wait(for: 1000, until: start + 150_000_000, stop) == nil)
        #expect(MonotonicClock.now() >= start + 150_000_000)
        stop.make(signal: 15)
        #expect(pacer.wait(for: 1000, until: .max, stop) == nil)
    }

    @Test("A paced run has the rate that was asked for", arguments: [1, 5])
    func rate(workers: Int) throws {
        var options = options(rate: 400)
        options.operations = 200
        options.workers = workers
        let report = try Benchmark(options, engine: FakeEngine.entry()).run()
        #expect(report.document.errors == 0)
        #expect(report.document.writes + report.document.reads == 200)
        #expect(report.document.seconds >= 199.0 / 400)
        #expect(report.document.operationsPerSecond <= 405)
        #expect(report.document.rate == 400)
        #expect(report.table.contains("paced at 400 operations/s"))
    }

    @Test("A paced run by time takes that time and starts no more than what was due in it")
    func duration() throws {
        var options = options(rate: 100)
        options.duration = .milliseconds(500)
        options.workers = 2
        let document = try Benchmark(options, engine: FakeEngine.entry()).run().document
        #expect(document.seconds >= 0.5)
        #expect((1...50).contains(document.writes + document.reads))
    }

    @Test("A stall shows in every operation that it held up, and without a rate in one")
    func stall() throws {
        func slowest(rate: Int?) throws -> Double {
            var options = options(rate: rate)
            options.workers = 1
            options.operations = 1000
            options.data = folder.path.appending("data-\(rate ?? 0)")
            let document = try Benchmark(options, engine: StallingEngine.entry).run().document
            #expect(document.errors == 0)
            let latency = try #require(document.latencyMicroseconds["write"])
            #expect(latency.max >= 300_000)
            return latency.p90
        }
        // 300 of 1,000 operations fall due during the stall: a tenth of all waits for 200 ms and longer.
        #expect(try slowest(rate: 1000) >= 150_000)
        #expect(try slowest(rate: nil) < 150_000)
    }

    private func options(rate: Int?) -> RunOptions {
        var options = RunOptions.unsampled
        options.rate = rate
        options.data = folder.path.appending("data")
        return options
    }
}

/// An engine in memory whose hundredth write takes 0.3 seconds.
private struct StallingEngine: BenchEngine {
    static let entry = EngineEntry(name: "stalling", summary: "") { StallingEngine(base: FakeEngine($0)) }

    let base: FakeEngine
    var build: EngineBuild { base.build }
    var durability: Durability { base.durability }
    func makeSession() -> DelegatingSession {
        var writes = 0
        return DelegatingSession(base.makeSession()) {
            writes += 1
            if writes == 100 { usleep(300_000) }
        }
    }
    func gauges() -> EngineGauges { base.gauges() }
    func close() { base.close() }
}
