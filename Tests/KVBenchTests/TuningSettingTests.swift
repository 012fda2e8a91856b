import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("Fields of the tuning by their names")
struct TuningSettingTests {
    @Test(
        "Each is set by what people write",
        arguments: [
            "blockCacheCapacity=2g", "valueCache=256MiB", "commitBuffer=4MiB", "memtableSize=64MiB", "maxMemtables=3",
            "level0CompactionTrigger=5",
            "level0SlowdownTrigger=default", "level0StopTrigger=20", "maxConcurrentCompactions=2",
            "bytesPerSync=512 KiB",
            "maxOpenFiles=default", "compression=zstd", "bottommostCompression=lz4", "bloomBitsPerKey=0",
            "dataBlockHashIndex=off", "blockRestartInterval=4", "memtableInsertHints=false", "pipelinedWrites=no",
            "walRetention=1.5h", "walRetentionSize=1GB",
        ])
    func everyField(text: String) throws {
        let setting = try TuningSetting.parse(text)
        let documented = try TuningChoice.documented.fields(with: [])
        let changed = try TuningChoice.documented.fields(with: [setting])
        let differing = zip(documented.settingTexts, changed.settingTexts).filter { $0.text != $1.text }.map(\.0.name)
        #expect(differing == [setting.name])
    }

    @Test("All that there are can be set")
    func complete() {
        let names = Tuning.namespace.settingTexts.map(\.name)
        #expect(names.count == 21)
        #expect(TuningSetting.fields.map(\.name) == names.filter { $0 != "durability" })
    }

    @Test(
        "Sizes are read as people write them",
        arguments: [
            ("64MiB", 64 << 20), ("64M", 64 << 20), ("64m", 64 << 20), ("64 MiB", 64 << 20), ("64MB", 64_000_000),
            ("1.5GiB", 3 << 29), ("700", 700), ("700B", 700), ("1e3", 1000), ("-1KiB", -1024), ("0", 0),
        ])
    func sizes(text: String, bytes: Int) {
        #expect(ByteCount(settingText: text)?.bytes == bytes)
    }

    @Test(
        "What is no size is refused", arguments: ["", "MiB", "x", "1.5B", "nan", "inf", "1e30G", "64 MiB x", "64Mib/s"])
    func noSizes(text: String) {
        #expect(ByteCount(settingText: text) == nil)
    }

    @Test(
        "What cannot be is refused with what to give instead",
        arguments: [
            (["memtableSise=1MiB"], ["memtableSise", "memtableSize", "walRetention"]),
            (["memtableSize=-1MiB"], ["memtableSize", "64 KiB", "64 GiB"]),
            (["memtableSize=large"], ["large", "64MiB"]), (["maxMemtables=1"], ["from 2"]),
            (["maxMemtables=99999999999999999999"], ["a whole number"]),
            (["blockRestartInterval=0"], ["from 1 to 4096"]),
            (["compression=gzip"], ["none, snappy, lz4, zstd"]), (["pipelinedWrites=2"], ["on or off"]),
            (["level0StopTrigger=2"], ["level0StopTrigger (2)"]), (["durability=synced"], ["--durability"]),
            (["maxMemtables=3", "maxMemtables=4"], ["maxMemtables", "twice"]),
        ])
    func refusals(texts: [String], words: [String]) throws {
        var options = RunOptions()
        options.settings = try texts.map { try TuningSetting.parse($0) }
        let error = try #require(throws: UsageError.self) { try Benchmark(options) }
        for word in ["--set"] + words { #expect(error.message.contains(word), "\(error.message)") }
    }

    @Test("A text without a field or a value is refused", arguments: ["", "=", "a=", "=1", "memtableSize"])
    func noSettings(text: String) {
        #expect(throws: UsageError.self) { try TuningSetting.parse(text) }
    }

    @Test(
        "They and the layout are in effect, and the result says so",
        arguments: ["kvstore", "kvstore-locked", "rocksdb"])
    func effect(engine: String) throws {
        let folder = try TemporaryFolder()
        var options = RunOptions()
        (options.engine, options.workload, options.keys, options.namespaces) = (engine, "fill-random", 200, 3)
        options.data = folder.path.appending("data")
        options.settings = try ["memtableSize=8MiB", "blockRestartInterval=4", "blockCacheCapacity=16MiB"]
            .map { try TuningSetting.parse($0) }
        if engine != "rocksdb" { options.layout = .single }
        let report = try Benchmark(options).run()
        let settings = report.document.engineSettings
        #expect(report.document.errors == 0)
        #expect(settings?["memtableSize"] == "8388608" && settings?["blockRestartInterval"] == "4")
        #expect(settings?["maxMemtables"] == "4")
        #expect(report.document.engineStatistics?["rocksdb.block-cache-capacity"] == 16_777_216)
        #expect(report.document.settings?["memtableSize"] == "8MiB")
        #expect(report.table.contains("memtableSize=8MiB"))
        if engine != "rocksdb" { #expect(settings?["layout"] == "singleDatabase") }
        let arguments = options.arguments
        #expect(arguments.contains("blockRestartInterval=4") && arguments.filter { $0 == "--set" }.count == 3)
    }

    @Test("Two runs whose fields differ say which ones")
    func difference() throws {
        let schema = try JSONSchema.named("kvbench-result")
        var document = ResultDocument.sample
        document.settings = ["memtableSize": "8MiB"]
        #expect(try schema.complaints(about: JSONText.encode(document)) == [])
    }
}
