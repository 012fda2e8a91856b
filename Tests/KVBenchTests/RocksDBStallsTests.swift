import Testing

@testable import KVBench

@Suite("What the engine says of stalls")
struct RocksDBStallsTests {
    @Test("Is read in the words of version 7")
    func version7() {
        let report = """
            ** Compaction Stats [default] **
            Stalls(count): 3 level0_slowdown, 1 level0_slowdown_with_compaction, 2 level0_numfiles, 1 \
            level0_numfiles_with_compaction, 5 stop for pending_compaction_bytes, 6 slowdown for pending_compaction_bytes, \
            7 memtable_compaction, 8 memtable_slowdown, interval 9 total count
            """
        #expect(
            RocksDBStalls.counts(in: report) == [
                "level0_slowdown": 3, "level0_stop": 2, "pending_compaction_stop": 5, "pending_compaction_slowdown": 6,
                "memtable_stop": 7, "memtable_slowdown": 8,
            ])
    }

    @Test("Is read in the words of version 8 and newer")
    func version8() {
        let report = """
            Write Stall (count): cf-l0-file-count-limit-delays-with-ongoing-compaction: 1, \
            cf-l0-file-count-limit-stops-with-ongoing-compaction: 0, l0-file-count-limit-delays: 3, \
            l0-file-count-limit-stops: 2, memtable-limit-delays: 8, memtable-limit-stops: 7, \
            pending-compaction-bytes-delays: 6, pending-compaction-bytes-stops: 5, total-delays: 17, total-stops: 14
            Interval compaction: 0.00 GB write
            """
        #expect(
            RocksDBStalls.counts(in: report) == [
                "level0_slowdown": 3, "level0_stop": 2, "pending_compaction_stop": 5, "pending_compaction_slowdown": 6,
                "memtable_stop": 7, "memtable_slowdown": 8,
            ])
    }

    @Test("Has a time too, and where it says nothing there is nothing")
    func time() {
        #expect(
            RocksDBStalls.microseconds(in: "Uptime\nCumulative stall: 01:02:3.250 H:M:S, 0.1 percent\n")
                == 3_723_250_000)
        #expect(RocksDBStalls.microseconds(in: "Cumulative stall: soon") == nil)
        #expect(RocksDBStalls.counts(in: "Stalls(count): many") == nil)
        #expect(RocksDBStalls.counts(in: "") == nil)
    }
}
