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
    func noAverages() throws {
        var fast = LatencyHistogram()
        var slow = LatencyHistogram()
        for _ in 0..<990 { fast.record(nanoseconds: 1_000) }
        for _ in 0..<10 { slow.record(nanoseconds: 1_000_000) }
        fast.add(slow)
        let summary = try #require(fast.summary)
        #expect(summary.p50 == 1)
        #expect(summary.p99 == 1)
        #expect(abs(summary.p999 - 1000) <= 1)
        #expect(summary.max == 1000)
        #expect(abs(summary.mean - 11) < 0.1)
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

    @Test("Percentiles are those of the sorted latencies, or a thousandth more", arguments: [1, 2, 3] as [UInt64])
    func exact(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var histogram = LatencyHistogram()
        // From nanoseconds to seconds, each power of two as often as any other.
        var sorted = (0..<20_011).map { _ in random.next() >> UInt64(34 + random.next(below: 29)) }
        for nanoseconds in sorted { histogram.record(nanoseconds: nanoseconds) }
        sorted.sort()
        for percent in [0.01, 1, 25, 50, 75, 90, 99, 99.9, 99.99, 100] {
            let rank = Int((Double(sorted.count) * percent / 100).rounded(.up))
            let right = Double(sorted[rank - 1]) / 1000
            let told = histogram.microseconds(percentile: percent)
            #expect(told >= right && told - right <= right / 1000, "seed \(seed), p\(percent)")
        }
        #expect(histogram.summary?.max == (Double(sorted[sorted.count - 1]) / 1000).rounded(toPlaces: 1))
    }

    @Test("An empty one has nothing to say")
    func empty() {
        #expect(LatencyHistogram().summary == nil)
        #expect(LatencyHistogram().microseconds(percentile: 50) == 0)
    }

    @Test("Every latency has a bucket that says no less, and a thousandth more at most")
    func buckets() {
        var last = 0
        for power in 0..<53 {
            for nanoseconds in [UInt64(1) << power, (UInt64(3) << power) >> 1, UInt64(2) << power - 1] {
                let index = LatencyBuckets.index(nanoseconds)
                let longest = LatencyBuckets.longest(index)
                #expect(index >= last && index < LatencyBuckets.count)
                #expect(longest >= nanoseconds && longest - nanoseconds <= nanoseconds / 1000)
                last = index
            }
        }
        #expect(LatencyBuckets.index(.max) == LatencyBuckets.count - 1)
        for index in 1..<LatencyBuckets.count {
            #expect(LatencyBuckets.index(LatencyBuckets.longest(index - 1) + 1) == index)
        }
    }

    @Test("A recorder of one thread takes down what a histogram does")
    func recording() {
        let recorder = LatencyRecorder()
        var histogram = LatencyHistogram()
        var random = SplitMix64(seed: 7)
        for _ in 0..<10_000 {
            let nanoseconds = random.next() >> UInt64(random.next(below: 50) + 10)
            recorder.record(nanoseconds)
            histogram.record(nanoseconds: nanoseconds)
        }
        #expect(recorder.histogram.summary == histogram.summary)
        #expect(recorder.histogram.count == 10_000)
    }

    @Test("A document has all of it, in steps that grow and are no wider than a sixtieth")
    func steps() throws {
        var histogram = LatencyHistogram()
        for value in 1...9999 { histogram.record(nanoseconds: UInt64(value * value)) }
        let summary = try #require(histogram.summary)
        let steps = try #require(summary.histogram)
        #expect(steps.limits == steps.limits.sorted() && Set(steps.limits).count == steps.limits.count)
        #expect(steps.counts.count == steps.limits.count)
        #expect(steps.counts.reduce(0, +) == 9999 && steps.counts.allSatisfy { $0 > 0 })
        // Of each percentile, what the steps say is what the histogram says, to a step.
        for (percent, figure) in [(50.0, summary.p50), (90, summary.p90), (99, summary.p99), (99.9, summary.p999)] {
            var rest = UInt64((9999 * percent / 100).rounded(.up))
            let index = try #require(
                steps.counts.firstIndex { count in
                    if rest <= count { return true }
                    rest -= count
                    return false
                })
            #expect(steps.limits[index] >= figure - 0.1 && steps.limits[index] <= figure * 1.017 + 0.1)
        }
        let p9999 = try #require(summary.p9999)
        #expect(p9999 >= summary.p999 && p9999 <= summary.max)
    }

    @Test("What a worker records can be looked at while it goes on")
    func recorder() throws {
        let live = LiveCounts()
        var recorder = WorkerRecorder(live: live)
        recorder.record(Operation(kind: .write, entries: 5, bytes: 500), nanoseconds: 1_000)
        let before = [live].latencies(.write)
        #expect(before.count == 1)
        recorder.record(Operation(kind: .write, bytes: 10), nanoseconds: 2_000)
        recorder.record(Operation(kind: .read, bytes: 20), nanoseconds: 3_000)
        #expect(recorder.histogram(.write).count == 2)
        #expect(recorder.histogram(.read).count == 1)
        #expect(recorder.work(.write) == WorkDone(entries: 6, bytes: 510))
        #expect(recorder.work(.read) == WorkDone(entries: 1, bytes: 20))
        #expect([live, LiveCounts()].latencies(.write).count == 2)
        #expect([live].latencies(.read).count == 1)
        var recent = [live].latencies(.write)
        recent.subtract(before)
        #expect(recent.count == 1 && recent.moment == SampleLatency(p50: 2, p99: 2, max: 2))
    }

    @Test("Of what came since a moment the longest is known to a thousandth, whatever was before")
    func moment() throws {
        var all = LatencyHistogram()
        #expect(all.moment == nil)
        all.record(nanoseconds: 1_000_000_000)
        let before = all
        for value in 1...1000 { all.record(nanoseconds: UInt64(value * 1000)) }
        all.subtract(before)
        let moment = try #require(all.moment)
        #expect(abs(moment.p50 - 500) <= 0.5 && abs(moment.p99 - 990) <= 1 && abs(moment.max - 1000) <= 1)
    }

    @Test("A look at a recorder takes no more than is there, while its thread goes on")
    func looking() throws {
        let recorder = LatencyRecorder()
        let thread = try WorkerThread(name: "records") { for value in 0..<200_000 { recorder.record(UInt64(value)) } }
        var last = 0
        while last < 200_000 {
            let count = recorder.histogram.count
            #expect(count >= last)
            last = count
        }
        thread.join()
        #expect(recorder.histogram.summary?.max == 200)
    }
}
