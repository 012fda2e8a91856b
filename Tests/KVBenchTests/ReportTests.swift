import Foundation
import SystemPackage
import Testing

@testable import KVBench

@Suite("Reports")
struct ReportTests {
    private let expectations = [
        ExpectedRate(.writesPerSecond, moreThan: 40_000), ExpectedRate(.readsPerSecond, moreThan: 4_000),
        ExpectedRate(.operationsPerSecond, moreThan: 38_000),
    ]

    @Test("The table says for each expected figure whether it was reached; a figure must exceed it")
    func reached() {
        let lines = report(expectations: expectations).table.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("writes/s") && $0.contains("> 40,000") && $0.hasSuffix("  reached") })
        #expect(lines.contains { $0.hasPrefix("reads/s") && $0.contains("> 4,000") && $0.hasSuffix("not reached") })
        #expect(lines.contains { $0.hasPrefix("operations/s") && $0.contains("45,094") && $0.hasSuffix("  reached") })
    }

    @Test("A workload without expectations has no such lines")
    func noExpectations() {
        #expect(!report(expectations: []).table.contains("reached"))
    }

    @Test("The table has the figures of the document")
    func figures() {
        let table = report(expectations: []).table
        for text in [
            "kvstore (7.8.3, debian-static)", "tuning documented", "durability buffered", "10 workers for 30.004 s",
            "1,230,000", "123,000", "1,353,000", "12,346", "21.25 us", "1.5 GiB", "700.0 MiB", "errors: 0",
            "by a kill nothing", "by a power cut the last 1 s", "204,972", "99.99", "98.5", "0.25 CPUs",
            "12.5% of the time",
        ] {
            #expect(TextWrapping.unwrapped(table).contains(text), "\(text)")
        }
    }

    @Test("The table fits half a screen, whatever there is to say")
    func width() {
        var document = ResultDocument.sample
        document.writes = 123_456_789_012
        document.rate = 1_000_000
        document.cutShort = "SIGINT"
        let text = report(document, expectations: expectations).table
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 60 }, "\(text)")
    }

    @Test("What there was none of has no column")
    func oneKind() {
        var document = ResultDocument.sample
        (document.reads, document.read, document.latencyMicroseconds["read"]) = (0, nil, nil)
        let table = report(document, expectations: []).table
        #expect(table.contains("writes") && !table.contains("reads") && !table.contains("operations\n"))
    }

    @Test("Words are put into lines that are not too long, and none is lost")
    func wrapping() {
        let words = (1...50).map { String(repeating: "x", count: $0 % 9 + 1) }
        let lines = TextWrapping.lines(words.joined(separator: " "), width: 20, indent: 2)
        #expect(lines.allSatisfy { $0.count <= 20 })
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("  x") })
        #expect(lines.flatMap { $0.split(separator: " ") }.map(String.init) == words)
        #expect(TextWrapping.lines("") == [""])
        #expect(TextWrapping.lines("a " + String(repeating: "b", count: 70)).count == 2)
    }

    @Test("Errors are counted, and the first are told")
    func errors() {
        var document = ResultDocument.sample
        document.errors = 1234
        document.failures = ["one thing", "another"]
        document.cutShort = "errors"
        let table = report(document, expectations: []).table
        #expect(table.contains("errors: 1,234, ended early\n  one thing\n  another\n  ...\n"))
    }

    @Test("Numbers are readable")
    func numbers() {
        #expect(NumberText.grouped(0) == "0")
        #expect(NumberText.grouped(999) == "999")
        #expect(NumberText.grouped(-1000) == "-1,000")
        #expect(NumberText.grouped(1_234_567) == "1,234,567")
        #expect(NumberText.short(9.87) == "9.9")
        #expect(NumberText.short(1234.5) == "1,235")
        #expect(NumberText.bytes(1000) == "1000 bytes")
        #expect(NumberText.bytes(1536) == "1.5 KiB")
        #expect(
            [0.25, 12.34, 310, 999.6, 4129, 12_340, 1.5e6, 2e8].map { NumberText.microseconds($0) } == [
                "0.25 µs", "12.3 µs", "310 µs", "1,000 µs", "4.13 ms", "12.3 ms", "1.5 s", "200 s",
            ])
        #expect((2.0 / 3).rounded(toPlaces: 2) == 0.67)
    }

    @Test("The progress line has the rate since the last one, and is written over it")
    func progress() {
        var line = ProgressLine(duration: .seconds(30), operations: nil) { 80 }
        var latencies = LatencyHistogram()
        latencies.record(nanoseconds: 310_000)
        #expect(line.cleared() == "")
        #expect(line.text(seconds: 1, operations: 1000, latencies: latencies).contains("1,000 operations/s"))
        let text = line.text(seconds: 3, operations: 5000, latencies: LatencyHistogram())
        // Blanks take away what the longer line before it had.
        #expect(text == "\r3.0 s of 30.0 s   2,000 operations/s" + String(repeating: " ", count: 13))
        #expect(line.cleared() == "\r" + String(repeating: " ", count: 36) + "\r")
    }

    @Test("It is no longer than the terminal is wide", arguments: [1, 5, 20, 30, 40, 50, 60, 200])
    func narrowProgress(columns: Int) {
        var line = ProgressLine(duration: .seconds(30), operations: 1_000_000) { columns }
        var latencies = LatencyHistogram()
        latencies.record(nanoseconds: 310_000)
        let text = line.text(seconds: 1, operations: 1000, latencies: latencies)
        #expect(text.hasPrefix("\r") && text.dropFirst().count < columns)
        if columns >= 30 { #expect(text.contains("1,000 operations/s")) }
        #expect(text.contains("p99 310 us") == (columns >= 40))
    }

    @Test("For a log it is a line of its own, with the longest latency")
    func logLine() {
        var line = ProgressLine(duration: nil, operations: 5000, isLog: true) { 10 }
        var latencies = LatencyHistogram()
        latencies.record(nanoseconds: 310_000)
        #expect(
            line.text(seconds: 2, operations: 1000, latencies: latencies)
                == "2.0 s of 5,000 operations   500 operations/s   p99 310 us, longest 310 us\n")
        #expect(line.cleared() == "")
    }

    @Test("The listing has every workload, engine and tuning")
    func listing() {
        let lines = CatalogListing.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let names = WorkloadCatalog.entries.map(\.name) + EngineCatalog.entries.map(\.name) + ["documented", "before"]
        for name in names {
            #expect(lines.contains { $0.hasPrefix(name + " ") && $0.count > name.count + 10 })
        }
    }

    @Test("The engine's report names the build, and for a slow one the remedy")
    func engine() throws {
        let folder = try TemporaryFolder()
        var report = try EngineReport(measuringIn: folder.path)
        #expect(!report.version.isEmpty)
        #expect(report.cpus > 0)
        #expect(report.syncMicroseconds > 0)
        report.isSlowBuild = true
        #expect(report.text.contains("scripts/build-rocksdb.sh"))
        report.isSlowBuild = false
        #expect(!report.text.contains("scripts/build-rocksdb.sh"))
        #expect(throws: UsageError.self) { try EngineReport(measuringIn: "/nowhere/at/all") }
        #expect(try folder.content == [])
    }

    @Test("A result file that cannot be written is refused before the run")
    func resultFile() throws {
        let folder = try TemporaryFolder()
        #expect(throws: UsageError.self) { try ResultFile("/nowhere/at/all.json") }
        #expect(throws: UsageError.self) { try ResultFile(folder.path.string) }
        let path = folder.path.appending("result.json").string
        let file = try ResultFile(path)
        #expect(try folder.content == [])
        try file.write(ResultDocument.sample)
        let data = try Data(contentsOf: URL(filePath: path))
        #expect(try JSONDecoder().decode(ResultDocument.self, from: data) == .sample)
    }

    private func report(
        _ document: ResultDocument = .sample, expectations: [ExpectedRate]
    ) -> RunReport {
        RunReport(
            document: document, shape: "100 streams in 1 namespace, messages of 350 bytes, pages of 10",
            expectations: expectations, signal: nil, keptData: nil)
    }
}

extension TextWrapping {
    /// The text with its lines put together again.
    fileprivate static func unwrapped(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
