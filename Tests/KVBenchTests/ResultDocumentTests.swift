import Foundation
import Testing

@testable import KVBench

@Suite("The result document")
struct ResultDocumentTests {
    @Test("Keys are those of schema 1")
    func keys() throws {
        let object = try object(of: .sample)
        #expect(
            Set(object.keys) == [
                "schema", "workload", "engine", "tuning", "durability", "workers", "seconds", "writes", "reads",
                "errors", "writes_per_second", "reads_per_second", "operations_per_second", "latency_us",
                "cpu_us_per_operation", "peak_rss_bytes", "disk_bytes", "series", "environment",
            ])
        #expect(object["schema"] as? Int == 1)

        let latency = try #require(object["latency_us"] as? [String: [String: Double]])
        #expect(Set(latency.keys) == ["write", "read"])
        #expect(Set(try #require(latency["write"]).keys) == ["p50", "p90", "p99", "p999", "max", "mean"])

        let series = try #require(object["series"] as? [[String: Any]])
        #expect(
            Set(try #require(series.first).keys) == [
                "t", "writes", "reads", "rss_bytes", "l0_files", "pending_compaction_bytes",
            ])

        let environment = try #require(object["environment"] as? [String: Any])
        #expect(
            Set(environment.keys) == [
                "engine_version", "engine_build", "cpus", "memory_bytes", "kernel", "fsync_us", "swift",
            ])
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
        workload: "messages", engine: "kvstore", tuning: "documented", durability: "buffered", workers: 10,
        seconds: 30.004, writes: 1_230_000, reads: 123_000, errors: 0, writesPerSecond: 40_994.5,
        readsPerSecond: 4_000, operationsPerSecond: 45_094,
        latencyMicroseconds: [
            "write": LatencySummary(p50: 1, p90: 2, p99: 3, p999: 4, max: 12_345.6, mean: 6.5),
            "read": LatencySummary(p50: 7, p90: 8, p99: 9, p999: 10, max: 11, mean: 12),
        ],
        cpuMicrosecondsPerOperation: 21.25, peakResidentBytes: 1_610_612_736, diskBytes: 734_003_200,
        series: [
            SeriesSample(
                t: 1, writes: 41_000, reads: 4_100, residentBytes: 100, level0Files: 2, pendingCompactionBytes: 3)
        ],
        environment: RunEnvironment(
            engineVersion: "7.8.3", engineBuild: "debian-static", cpus: 2, memoryBytes: 25_769_803_776,
            kernel: "6.1.0", syncMicroseconds: 750.5, swift: "6.3.1"))
}
