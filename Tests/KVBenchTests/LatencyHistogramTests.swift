import Testing

@testable import KVBench

@Suite("Latency histograms")
struct LatencyHistogramTests {
    @Test("Merged ones are as if all had been recorded in one")
    func merge() {
        var all = LatencyHistogram()
        var parts = [LatencyHistogram(), LatencyHistogram(), LatencyHistogram()]
        for value in 1...9999 {
            let nanoseconds = UInt64(value * value)
            all.record(nanoseconds: nanoseconds)
            parts[value % 3].record(nanoseconds: nanoseconds)
        }
        var merged = LatencyHistogram()
        for part in parts { merged.add(part) }
        #expect(merged.count == 9999)
        #expect(merged.summary == all.summary)
    }

    @Test("A percentile of the merged ones is not an average of percentiles")
    func noAverages() {
        var fast = LatencyHistogram()
        var slow = LatencyHistogram()
        for _ in 0..<990 { fast.record(nanoseconds: 1_000) }
        for _ in 0..<10 { slow.record(nanoseconds: 1_000_000) }
        fast.add(slow)
        #expect(fast.summary.p50 == 1)
        #expect(fast.summary.p99 == 1)
        #expect(abs(fast.summary.p999 - 1000) <= 1)
        #expect(fast.summary.max == 1000)
        #expect(abs(fast.summary.mean - 11) < 0.1)
    }

    @Test("Three digits are kept from a nanosecond to hours")
    func precision() {
        for nanoseconds: UInt64 in [1, 999, 123_456, 9_876_543_210, 7_200_000_000_000] {
            var histogram = LatencyHistogram()
            histogram.record(nanoseconds: nanoseconds)
            let microseconds = Double(nanoseconds) / 1000
            #expect(abs(histogram.microseconds(percentile: 50) - microseconds) <= microseconds / 1000)
        }
    }

    @Test("An empty one has zeros")
    func empty() {
        let zeros = LatencySummary(p50: 0, p90: 0, p99: 0, p999: 0, max: 0, mean: 0)
        #expect(LatencyHistogram().summary == zeros)
    }

    @Test("A recorder keeps what it has handed to the progress line")
    func recorder() throws {
        let live = LiveCounts()
        var recorder = WorkerRecorder(live: live)
        recorder.record(.write, nanoseconds: 1_000)
        recorder.publish()
        recorder.record(.write, nanoseconds: 2_000)
        recorder.record(.read, nanoseconds: 3_000)
        #expect(recorder.histograms[OperationKind.write.rawValue].count == 2)
        #expect(recorder.histograms[OperationKind.read.rawValue].count == 1)
        #expect(live.count(.write) == 2)
        #expect(live.count(.read) == 1)
        #expect(live.latencies.take()?.count == 1)
        #expect(live.latencies.take() == nil)
    }
}
