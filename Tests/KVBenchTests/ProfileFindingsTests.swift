import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("What a profile finds")
struct ProfileFindingsTests {
    private static let engineText = """
        ** Compaction Stats [default] **
        Level    Files   Size     Score Read(GB)  Rn(GB) Rnp1(GB) Write(GB) Wnew(GB) Moved(GB) W-Amp Rd(MB/s) Wr(MB/s) Comp(sec) CompMergeCPU(sec) Comp(cnt) Avg(sec) KeyIn KeyDrop Rblob(GB) Wblob(GB)
        ----------
          L0      2/0   123.50 MB   0.5      0.0     0.0      0.0       0.3      0.3       0.0   1.0      0.0    100.0      3.21              2.10         3    1.070       0      0       0.0       0.0
          L1      5/1   1.25 GB   1.5      0.5     0.3      0.2       0.4      0.3       0.0   1.5     90.0    100.0      4.20              2.10         2    1.070    100K     7K       0.0       0.0
         Sum      7/1   1.37 GB   0.0      0.5     0.3      0.2       0.7      0.6       0.0   2.4     90.0    100.0      7.41              4.20         5    1.070    100K     7K       0.0       0.0
         Int      0/0    0.00 KB   0.0      0.0     0.0      0.0       0.0      0.0       0.0   0.0      0.0      0.0      0.00              0.00         0    0.000       0      0       0.0       0.0

        Priority    Files   Size     Score Read(GB)  Rn(GB) Rnp1(GB) Write(GB) Wnew(GB) Moved(GB) W-Amp Rd(MB/s) Wr(MB/s) Comp(sec) CompMergeCPU(sec) Comp(cnt) Avg(sec) KeyIn KeyDrop Rblob(GB) Wblob(GB)
         Low      0/0    0.00 KB   0.0      0.5     0.3      0.2       0.4      0.3       0.0   0.0     90.0    100.0      4.20              2.10         2    1.070    100K     7K       0.0       0.0
        Stalls(count): 0 level0_slowdown, 3 level0_numfiles, 12 memtable_compaction, 0 memtable_slowdown, interval 0 total count
        Cumulative writes: 43K writes, 215K keys, 40K commit groups, 1.1 writes per commit group, ingest: 0.02 GB, 5.0 MB/s
        Cumulative stall: 00:01:1.500 H:M:S, 5.5 percent
        """

    @Test("The engine's own text is read: levels, stalls and groups")
    func text() {
        let text = EngineText(Self.engineText)
        #expect(text.levels.map(\.name) == ["L0", "L1", "Sum"])
        #expect(text.levels.map(\.files) == [2, 5, 7])
        #expect(text.levels[0].bytes == Int(123.5 * 1_048_576) && text.levels[0].compactions == 3)
        #expect(text.levels[1].score == 1.5 && text.levels[1].writeAmplification == 1.5)
        #expect(text.stalls.map(\.cause) == ["level0_numfiles", "memtable_compaction"])
        #expect(text.stalls.map(\.count) == [3, 12])
        #expect(text.stallSeconds == 61.5 && text.stallPercent == 5.5)
        #expect(text.writesPerGroup == 1.1)
        #expect(EngineText("").levels.isEmpty)
        let newer = EngineText("Write Stall (count): cf-l0-file-count-limit-stops: 4, total-delays: 0\n")
        #expect(newer.stalls.map(\.cause) == ["cf-l0-file-count-limit-stops"])
    }

    @Test("What the engine that is linked says is read as well")
    func linked() throws {
        let folder = try TemporaryFolder()
        let store = try Store.open(at: folder.path.appending("store"))
        let namespace = try store.namespace("n", createIfMissing: true)
        try namespace.put("key", "value")
        try namespace.flush()
        let text = EngineText(try #require(try namespace.property("rocksdb.stats")))
        #expect(text.levels.first?.name == "L0" && text.levels.first?.files == 1)
        #expect(text.levels.last?.name == "Sum" && text.levels.last?.files == 1)
        #expect(text.writesPerGroup != nil)
        try store.close()
        let inventory = DiskInventory(folder.path.appending("store").string)
        #expect(inventory.kinds["table files"]?.files == 1)
        #expect(inventory.places["namespaces/1"] != nil && inventory.places["metadata"] != nil)
        #expect(inventory.all.files == inventory.kinds.values.reduce(0) { $0 + $1.files })
        #expect(inventory.all.length > 0 && inventory.all.allocated > 0)
    }

    private func advice(_ change: (inout EngineAdvice) -> Void = { _ in }) -> [String] {
        var advice = EngineAdvice(
            tuning: .namespace, mostLevel0: 2, stallSeconds: 0, writerSeconds: 100, mostPending: 0,
            tableAmplification: 1.5, cacheUsed: 100 << 20, cacheCapacity: 1 << 30, cacheHitRate: 0.99, filterRate: 0.99,
            stalls: [], flushes: 3, seconds: 30, syncs: 30, syncMicroseconds: 100, durability: "buffered")
        change(&advice)
        return advice.all
    }

    @Test("Advice follows from the numbers, and says them")
    func advices() {
        let calm = advice()
        #expect(calm.count == 6)
        #expect(calm[0].contains("at most 2 files") && calm[0].contains("nothing to change"))
        #expect(calm.contains { $0.contains("99.0 %") && $0.contains("smaller one would do") })
        let stalled = advice {
            $0.stallSeconds = 20
            $0.stalls = [("level0_numfiles", 7)]
        }
        #expect(stalled[0].contains("20.0 %") && stalled[0].contains("level0_numfiles 7"))
        #expect(stalled[0].contains("maxConcurrentCompactions"))
        let small = advice {
            $0.cacheUsed = 1 << 30
            $0.cacheHitRate = 0.5
        }
        #expect(small.contains { $0.contains("larger blockCacheCapacity") })
        #expect(advice { $0.tableAmplification = nil }.contains { $0.contains("longer --duration") })
        #expect(advice { $0.durability = "synced" }.contains { $0.contains("Every commit waits") })
        #expect(advice { $0.filterRate = 0.4 }.contains { $0.contains("bloomBitsPerKey") })
        #expect(advice { $0.flushes = 100 }.contains { $0.contains("larger memtables") })
    }

    @Test("Why figures are low is found in what the machine did")
    func reasons() {
        var document = ResultDocument.sample
        document.environment.syncMicroseconds = 100
        document.host = nil
        func found(_ change: (inout ResultDocument) -> Void = { _ in }, memory: Bool = false, slow: Bool = false)
            -> String
        {
            var changed = document
            change(&changed)
            return ResultReasons(runs: [document, changed], documented: changed)
                .all(isInMemory: memory, isSlowEngine: slow).filter { !$0.contains("debug build") }.joined(
                    separator: "\n")
        }
        #expect(found() == "")
        #expect(found(memory: true).contains("in memory"))
        #expect(found(slow: true).contains("--release-engine"))
        #expect(found { $0.host = HostDocument(stealPercent: 7.5) }.contains("7.5 %"))
        #expect(found { $0.host = HostDocument(ioWaitPercent: 50) }.contains("50.0 %"))
        #expect(found { $0.host = HostDocument(loadBefore: [3, 2, 1], otherCPUs: 1.5) }.contains("1.5 of the"))
        #expect(found { $0.environment.syncMicroseconds = 4000 }.contains("4.0 ms"))
        #expect(found { $0.environment.syncMicroseconds = 400 }.contains("from run to run"))
        #expect(
            found {
                $0.series = (1...12).map {
                    SeriesSample(t: Double($0), writes: $0 <= 6 ? $0 * 1000 : 6000 + ($0 - 6) * 100, reads: 0)
                }
            }.contains("fell from 1,000"))
    }

    @Test("A last interval that is much shorter than the others is left out")
    func intervals() {
        func series(_ times: [Double]) -> [SeriesSample] {
            times.map { SeriesSample(t: $0, writes: Int($0 * 1000), reads: 0) }
        }
        #expect(SeriesInterval.of(series([1, 2, 3, 3.002])).map(\.end) == [1, 2, 3])
        #expect(SeriesInterval.of(series([1, 2, 2.9])).map(\.end) == [1, 2, 2.9])
        #expect(SeriesInterval.of(series([0.3])).map(\.writesPerSecond) == [1000])
        #expect(SeriesInterval.of([]).isEmpty)
    }

    @Test("What the allocator has given out is told, and grows with it")
    func heap() throws {
        let text = """
            <malloc version="1"><heap nr="0"><total type="rest" count="2" size="7"/><system type="current" size="5"/></heap>
            <total type="fast" count="1" size="100"/><total type="rest" count="3" size="400"/>
            <total type="mmap" count="1" size="4096"/><system type="current" size="10000"/></malloc>
            """
        #expect(HeapUse.bytes(in: text) == 10000 - 500 + 4096)
        #expect(HeapUse.bytes(in: "") == nil)
        let before = try #require(HeapUse.bytes())
        #expect(before > 0)
    }

    @Test("A block device's counters are read")
    func device() throws {
        let device = BlockDevice(name: "vda", stat: "  10 2 300 4 50 6 700 8 0 9 10 0 0 0 0 77 3\n")
        #expect(device?.readBytes == 300 * 512 && device?.writtenBytes == 700 * 512)
        #expect(device?.writes == 50 && device?.flushes == 77)
        #expect(BlockDevice(name: "vda", stat: "1 2") == nil)
        #expect(ProcessIO.read("self")["wchar"] != nil)
        #expect(ProcessThreads.read("self").isEmpty == false)
    }

    @Test("A disk is measured with a file that is gone")
    func probe() throws {
        let folder = try TemporaryFolder()
        let probe = try DeviceProbe.measure(in: folder.path.string, seconds: 0, bytes: 1 << 20, stop: StopRequest())
        #expect(probe.syncs.count == 10)
        #expect((probe.writeRate ?? 0) > 0 && (probe.readRate ?? 0) > 0)
        #expect(try folder.content == [])
    }

    @Test("Too little room is refused with what is needed, before a folder is made")
    func room() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: UsageError.self) {
            try ProfileFolder(in: folder.path.appending("new").appending("newer"), needed: .max)
        }
        #expect(error?.message.contains("may need") == true)
        #expect(try folder.content == [])
        var long = ProfileOptions()
        long.duration = .seconds(600)
        #expect(long.neededBytes > ProfileOptions().neededBytes)
        var quick = ProfileOptions()
        (quick.isQuick, quick.load.workload) = (true, "read-random")
        #expect(quick.run().keys == 20_000 && ProfileOptions().run().keys == nil)
        quick.load.keys = 7
        #expect(quick.run().keys == 7)
        #expect(quick.neededBytes < long.neededBytes)
    }

    @Test("Two that begin in the same second get folders of their own")
    func twice() throws {
        let folder = try TemporaryFolder()
        let now = Date()
        let first = try ProfileFolder(in: folder.path, needed: 0, now: now)
        let second = try ProfileFolder(in: folder.path, needed: 0, now: now)
        #expect(first.path != second.path && first.path.hasPrefix("/"))
        #expect(try folder.content.count == 2)
    }

    @Test("The progress says the step, how long it takes and how long all take yet")
    func progress() {
        let progress = ProfileProgress(seconds: [5, 90, 30], isDrawn: false)
        #expect(progress.text(0, "first") == "==> 1/3 first (5 s; about 2 min 5 s to go)")
        #expect(progress.text(2, "last") == "==> 3/3 last (30 s; about 30 s to go)")
        #expect(progress.tick(0) == nil)
    }

    @Test("A step that does not start, or fails, is told, and what it started ends with a signal")
    func steps() throws {
        let folder = try TemporaryFolder()
        let log = folder.path.appending("log").string
        let stop = StopRequest()
        let runner = StepRunner(stop: stop, tick: nil)
        #expect(try runner.run(["true"], output: nil, errors: log, seconds: 1) == 0)
        #expect(try runner.run(["sh", "-c", "echo no >&2; exit 3"], output: nil, errors: log, seconds: 1) == 3)
        #expect(try String(contentsOfFile: log, encoding: .utf8) == "no\n")
        #expect(throws: StepFailure.self) {
            try runner.run(["/nowhere/at/all"], output: nil, errors: log, seconds: 1)
        }
        let thread = Thread {
            usleep(200_000)
            stop.make(signal: SIGTERM)
        }
        thread.start()
        #expect(throws: Interrupted.self) {
            try runner.run(["sh", "-c", "sleep 600 & sleep 600"], output: nil, errors: log, seconds: 1)
        }
    }
}
