import CHarness
import Foundation
import KVStore

/// What a run measured, under the names of kvbench's document.
struct HarnessDocument: Encodable {
    struct Latencies: Encodable {
        let p50, p90, p99, p999, max, mean: Double

        init(_ latencies: harness_latencies) {
            (p50, p90, p99) = (latencies.p50, latencies.p90, latencies.p99)
            (p999, max, mean) = (latencies.p999, latencies.max, latencies.mean)
        }
    }

    var schema = 1
    let workload: String
    var engine = "c"
    var tuning = "documented"
    let durability: String
    let workers: Int
    let seconds: Double
    let writes: Int
    let reads: Int
    let errors: Int
    let writesPerSecond: Double
    let readsPerSecond: Double
    let operationsPerSecond: Double
    let latencyUs: [String: Latencies]
    let cpuUsPerOperation: Double

    init(_ command: RunCommand, _ result: harness_result) {
        workload = command.workload
        durability = command.durability.rawValue
        workers = command.workers
        seconds = result.seconds
        writes = Int(result.writes.count)
        reads = Int(result.reads.count)
        errors = Int(result.errors)
        let seconds = Swift.max(result.seconds, 1e-9)
        writesPerSecond = Double(writes) / seconds
        readsPerSecond = Double(reads) / seconds
        operationsPerSecond = Double(writes + reads) / seconds
        latencyUs = ["write": Latencies(result.writes), "read": Latencies(result.reads)]
        cpuUsPerOperation = result.cpu_microseconds / Double(Swift.max(1, writes + reads))
    }

    var encoded: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            return try encoder.encode(self)
        }
    }

    var summary: String {
        """
        \(workload) through the C API, \(workers) workers: \(Int(writesPerSecond)) writes/s, \
        \(Int(readsPerSecond)) reads/s, \(errors) errors in \(String(format: "%.1f", seconds)) s; \
        p99 \(latencyUs["write"]?.p99 ?? 0) and \(latencyUs["read"]?.p99 ?? 0) us
        """
    }
}
