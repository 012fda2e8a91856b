import Foundation
import Testing

@testable import KVBench

@Suite("The result document")
struct ResultDocumentTests {
    @Test("Is as its schema says, with whatever it can have and with the least")
    func schema() throws {
        let schema = try JSONSchema.named("kvbench-result")
        var least = ResultDocument.sample
        least.latencyMicroseconds = [:]
        (least.work, least.losses, least.written, least.read, least.host) = (nil, nil, nil, nil, nil)
        (least.engineSettings, least.engineStatistics, least.failures, least.cutShort) = (nil, nil, nil, "SIGINT")
        least.series[0].level0Files = nil
        for document in [ResultDocument.sample, least] {
            #expect(try schema.complaints(about: JSONText.encode(document)) == [])
        }
        // It notices what is wrong.
        let text = try JSONText.encode(ResultDocument.sample)
        for (part, other) in [
            ("\"writes\"", "\"wrote\""), ("\"schema\" : 2", "\"schema\" : 1"), ("\"errors\" : 0", "\"errors\" : -1"),
            ("\"cpus\" : 2", "\"cpus\" : \"2\""), ("\"buffered\"", "\"none\""), ("\"le_us\"", "\"le\""),
        ] {
            try #require(text.contains(part), "\(part)")
            #expect(try schema.complaints(about: text.replacingOccurrences(of: part, with: other)) != [], "\(part)")
        }
    }

    @Test("Of a run is as the schema says, of any engine", arguments: Peer.installed)
    func schemaOfRun(peer: Peer) throws {
        let schema = try JSONSchema.named("kvbench-result")
        let folder = try TemporaryFolder()
        for workload in ["messages", "fill-random", "read-missing"] {
            var options = try peer.options(workload, in: folder.path)
            options.operations = 200
            if workload != "messages" { options.keys = 200 }
            let document = try Benchmark(options).run().document
            let text = try JSONText.encode(document)
            #expect(try schema.complaints(about: text) == [])
            #expect(try JSONDecoder().decode(ResultDocument.self, from: Data(text.utf8)) == document)
            #expect(document.engineStatistics?.isEmpty == false)
            #expect(document.engineSettings?.isEmpty == false)
            #expect(document.host?.loadBefore?.count == 3)
            #expect((document.latencyMicroseconds["read"] == nil) == (document.reads == 0))
            #expect((document.read == nil) == (document.reads == 0))
            let last = try #require(document.series.last)
            // Of a server that it did not start it knows nothing.
            #expect(last.residentBytes != nil && (last.cpuMicroseconds == nil) == (peer.name == "postgres"))
            #expect(document.series.contains { $0.latencyMicroseconds?.isEmpty == false })
            // What an engine of levels tells of itself, both of ours do.
            #expect((last.stalls != nil) == (peer.name.hasPrefix("kvstore") || peer.name == "rocksdb"))
            #expect((last.stalls == nil) == (last.memtableBytes == nil))
            #expect((last.stalls == nil) == (last.stallMicroseconds == nil))
            if workload == "fill-random" {
                #expect(document.written?.bytes == 200 * 116 && document.written?.entries == 200)
                #expect(document.work?.keys == 200 && document.work?.operations == 200 && document.work?.seconds == nil)
            }
            if workload == "read-missing" {
                #expect(document.read?.entries == 0 && document.work?.distribution == "uniform")
            }
        }
    }

    @Test("Absent is null")
    func absent() throws {
        var document = ResultDocument.sample
        (document.rate, document.written, document.series[0].level0Files) = (nil, nil, nil)
        let object = try object(of: document)
        #expect(object["rate"] is NSNull && object["written"] is NSNull)
        #expect((object["series"] as? [[String: Any]])?[0]["l0_files"] is NSNull)
    }

    @Test("Of version 1 is read too")
    func version1() throws {
        let text = """
            {"schema": 1, "workload": "messages", "engine": "kvstore", "tuning": "documented", "durability": "buffered",
             "workers": 10, "seconds": 1.5, "writes": 3, "reads": 0, "errors": 0, "writes_per_second": 2,
             "reads_per_second": 0, "operations_per_second": 2, "cpu_us_per_operation": 1, "peak_rss_bytes": 1,
             "disk_bytes": 1, "latency_us": {"write": {"p50": 1, "p90": 1, "p99": 1, "p999": 1, "max": 1, "mean": 1}},
             "series": [{"t": 1.5, "writes": 3, "reads": 0, "rss_bytes": 1, "l0_files": 0, "pending_compaction_bytes": 0}],
             "environment": {"engine_version": "7.8.3", "engine_build": "debian-static", "cpus": 2, "memory_bytes": 1,
             "kernel": "6.1", "fsync_us": 1, "swift": "6.3.1"}}
            """
        let document = try JSONDecoder().decode(ResultDocument.self, from: Data(text.utf8))
        #expect(document.schema == 1 && document.work == nil && document.latencyMicroseconds["write"]?.p9999 == nil)
    }

    @Test("Has lists of numbers on one line, and what looks like one in a text as it is")
    func lists() throws {
        struct Lists: Encodable {
            var numbers = [1.5, -2, 3e20]
            var text = "[1,\n 2] and \\ \" [3,  4]"
            var none: [Int] = []
            var texts = ["a", "b"]
        }
        let text = try JSONText.encode(Lists())
        #expect(text.contains("\"numbers\" : [1.5, -2, 3e+20]\n") || text.contains("\"numbers\" : [1.5, -2, 3e+20],\n"))
        let tree = try JSONDecoder().decode([String: JSONTree].self, from: Data(text.utf8))
        #expect(tree["text"] == .text(Lists().text))
        #expect(tree["none"] == .list([]) && tree["texts"] == .list([.text("a"), .text("b")]))
    }

    @Test("Is read back as it was written")
    func roundTrip() throws {
        let text = try JSONText.encode(ResultDocument.sample)
        #expect(try JSONDecoder().decode(ResultDocument.self, from: Data(text.utf8)) == .sample)
    }

    @Test("Has its keys in one order")
    func order() throws {
        let lines = try JSONText.encode(ResultDocument.sample).split(separator: "\n")
        let keys = lines.filter { $0.hasPrefix("  \"") }.map { $0.prefix { $0 != ":" } }
        #expect(keys == keys.sorted())
        #expect(try JSONText.encode(ResultDocument.sample) == JSONText.encode(ResultDocument.sample))
    }

    private func object(of document: ResultDocument) throws -> [String: Any] {
        let data = Data(try JSONText.encode(document).utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
}

extension ResultDocument {
    /// A document with a different number in every place.
    static let sample = ResultDocument(
        started: "2026-11-30T12:00:00Z", workload: "messages",
        work: WorkDocument(
            workload: "messages", workers: 10, namespaces: 1, valueSize: 350, seed: 1, seconds: 30),
        engine: "kvstore", tuning: "documented", durability: "buffered",
        losses: LossesDocument(kill: "nothing", powerCut: "the last 1 s"), workers: 10,
        seconds: 30.004, writes: 1_230_000, reads: 123_000, errors: 0, failures: [], writesPerSecond: 40_994.5,
        readsPerSecond: 4_000, operationsPerSecond: 45_094,
        written: AmountDocument(
            entries: 6_150_000, bytes: 700_000_001, entriesPerSecond: 204_972.4, megabytesPerSecond: 23.33),
        read: AmountDocument(
            entries: 2_460_000, bytes: 500_000_003, entriesPerSecond: 81_989, megabytesPerSecond: 16.66),
        latencyMicroseconds: [
            "write": LatencySummary(
                p50: 1, p90: 2, p99: 3, p999: 4, p9999: 98.5, max: 12_345.6, mean: 6.5,
                histogram: LatencySteps(limits: [1, 5, 13_000.5], counts: [700_000, 529_999, 1])),
            "read": LatencySummary(
                p50: 7, p90: 8, p99: 9, p999: 10, p9999: 10.5, max: 11, mean: 12,
                histogram: LatencySteps(limits: [11], counts: [123_000])),
        ],
        cpuMicrosecondsPerOperation: 21.25, peakResidentBytes: 1_610_612_736, diskBytes: 734_003_200,
        series: [
            SeriesSample(
                t: 1, writes: 41_000, reads: 4_100,
                latencyMicroseconds: [
                    "write": SampleLatency(p50: 13.5, p99: 14.5, max: 15.5),
                    "read": SampleLatency(p50: 16.5, p99: 17.5, max: 18.5),
                ],
                cpuMicroseconds: 1_500_000, diskReadBytes: 4, diskWrittenBytes: 5, residentBytes: 100, level0Files: 2,
                pendingCompactionBytes: 3, memtableBytes: 6, cacheBytes: 7,
                stalls: ["level0_slowdown": 8, "memtable_stop": 9], stallMicroseconds: 125_000)
        ],
        engineSettings: ["memtableSize": "268435456"], engineStatistics: ["rocksdb.estimate-num-keys": 4_920_000],
        host: HostDocument(
            loadBefore: [0.5, 0.25, 0.125], loadAfter: [2.5, 1.25, 0.75], stealPercent: 12.5, ioWaitPercent: 1.5,
            otherCPUs: 0.25),
        environment: RunEnvironment(
            engineVersion: "7.8.3", engineBuild: "debian-static", libraryVersion: "0.1.0", cpus: 2,
            cpuModel: "a processor",
            memoryBytes: 25_769_803_776, kernel: "6.1.0", fileSystem: "ext4", syncMicroseconds: 750.5, swift: "6.3.1"))
}
