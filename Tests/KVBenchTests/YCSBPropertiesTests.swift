import Foundation
import SystemPackage
import Testing

@testable import KVBench

@Suite("Property files of YCSB")
struct YCSBPropertiesTests {
    @Test("The files that YCSB brings are the workloads of the same letter", arguments: ["a", "b", "c", "d", "e", "f"])
    func core(letter: String) throws {
        let parts: [String: (read: Double, update: Double, scan: Double, insert: Double, modify: Double, String)] = [
            "a": (0.5, 0.5, 0, 0, 0, "zipfian"), "b": (0.95, 0.05, 0, 0, 0, "zipfian"), "c": (1, 0, 0, 0, 0, "zipfian"),
            "d": (0.95, 0, 0, 0.05, 0, "latest"), "e": (0, 0, 0.95, 0.05, 0, "zipfian"),
            "f": (0.5, 0, 0, 0, 0.5, "zipfian"),
        ]
        let part = try #require(parts[letter])
        let text = """
            # Yahoo! Cloud System Benchmark
            recordcount=1000
            operationcount=3000
            workload=site.ycsb.workloads.CoreWorkload

            readallfields=true

            readproportion=\(part.read)
            updateproportion=\(part.update)
            scanproportion=\(part.scan)
            insertproportion=\(part.insert)
            readmodifywriteproportion = \(part.modify)
            requestdistribution: \(part.5)
            maxscanlength 100
            scanlengthdistribution=uniform
            """
        var options = RunOptions()
        let ignored = try YCSBProperties(text: text).apply(to: &options)
        #expect(ignored == [])
        #expect(options.workload == "mix" && options.keys == 1000 && options.operations == 3000)
        #expect(options.valueSize == 1000 && options.scanLength == (letter == "e" ? 100 : nil))
        let preset = try #require(YCSBPreset.all.first { $0.name == "ycsb-\(letter)" })
        let mix = try #require(options.mix)
        #expect(options.distribution == preset.distribution)
        for number in stride(from: 0, to: OperationMix.range, by: 1_000_003) {
            // Rounded they may differ at the limits alone.
            #expect(mix.kind(number) == preset.mix.kind(number))
        }
        _ = try Benchmark(options)
    }

    @Test("What is not said is as YCSB has it, and what says nothing is named")
    func rest() throws {
        var options = RunOptions()
        let text = """
            ! another comment
            fieldcount=2\r
            fieldlength=\\
              50
            threadcount=4
            target=500
            maxexecutiontime=20
            rocksdb.dir=/tmp/x
            readpropotion=1
            """
        let ignored = try YCSBProperties(text: text).apply(to: &options)
        #expect(ignored == ["readpropotion", "rocksdb.dir"])
        #expect(options.mix?.text == "read=0.95,put=0.05" && options.distribution == nil)
        #expect(options.valueSize == 100 && options.workers == 4 && options.rate == 500)
        #expect(options.duration == .seconds(20) && options.keys == nil)
        options = RunOptions()
        _ = try YCSBProperties(text: "target=0\nmaxexecutiontime=0").apply(to: &options)
        #expect(options.rate == nil && options.duration == nil && options.valueSize == 1000)
    }

    @Test(
        "What kvbench cannot do, or is no value, is refused",
        arguments: [
            "workload=com.example.Other", "requestdistribution=hotspot", "scanlengthdistribution=zipfian",
            "fieldlengthdistribution=zipfian", "minscanlength=10", "insertstart=1000", "readallfields=false",
            "readproportion=x", "readproportion=2", "readproportion=-0.1", "recordcount=0", "recordcount=1e6",
            "operationcount=-1", "threadcount=0", "fieldlength=9223372036854775807",
            "readproportion=0\nupdateproportion=0",
        ])
    func refused(text: String) throws {
        var options = RunOptions()
        let error = try #require(throws: UsageError.self) { try YCSBProperties(text: text).apply(to: &options) }
        #expect(error.message.contains("--ycsb"))
    }

    @Test("The command runs one, and options beside it count more")
    func command() throws {
        let folder = try TemporaryFolder()
        let program = Program(folder: folder.path)
        try Data("recordcount=300\noperationcount=500\nhot=1\nreadproportion=0.8\nupdateproportion=0.2\n".utf8)
            .write(to: URL(filePath: folder.path.appending("file").string))
        let result = try program.run(["run", "--ycsb", "file", "--operations", "400", "--json", "-"])
        #expect(result.status == 0)
        #expect(result.error.contains("passed over in file: hot"))
        let document = try JSONDecoder().decode(ResultDocument.self, from: Data(result.output.utf8))
        #expect(document.workload == "mix" && document.writes + document.reads == 400)
        #expect(document.work?.keys == 300 && document.work?.valueSize == 1000)
        let mix = try program.run(["run", "--mix", "read=1,scan=1", "--keys", "300", "--operations", "300", "--quiet"])
        #expect(mix.status == 0 && mix.error == "")
    }
}
