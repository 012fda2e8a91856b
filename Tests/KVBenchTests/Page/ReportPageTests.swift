import Foundation
import SystemPackage
import Testing

@testable import KVBench

@Suite("The page of results")
struct ReportPageTests {
    private func page(_ documents: [ResultDocument]) throws -> String {
        try PageFiles(documents).page()
    }

    private var other: ResultDocument {
        var document = ResultDocument.sample
        document.engine = "another <engine> & more"
        document.operationsPerSecond = 2 * ResultDocument.sample.operationsPerSecond
        document.errors = 3
        return document
    }

    @Test("It holds every field of the documents as they have it, and marks those that differ")
    func fields() throws {
        let html = try page([.sample, other])
        let tree = try JSONDecoder().decode(JSONTree.self, from: Data(JSONText.encode(ResultDocument.sample).utf8))
        #expect(tree.fields.count > 45)
        for (path, value) in tree.fields where !["engine", "operations_per_second", "errors"].contains(path) {
            let cells = "<td>\(HTMLText.escaped(value))</td><td>\(HTMLText.escaped(value))</td>"
            #expect(html.contains("<tr><th scope=\"row\">\(path)</th>\(cells)"), "\(path)")
        }
        #expect(html.contains("<tr class=\"differs\"><th scope=\"row\">errors</th><td>0</td><td>3</td>"))
    }

    @Test("The numbers of its charts are those of the series")
    func charts() throws {
        let html = try page([.sample])
        let sample = ResultDocument.sample.series[0]
        let row = "data-field=\"\(NumberText.plain(sample.t))\"><th scope=\"row\">\(NumberText.plain(sample.t))</th>"
        func cell(_ value: some BinaryInteger, _ text: String) -> String { "<td data-value=\"\(value)\">\(text)</td>" }
        for cells in [
            cell(45_100, "45,100") + cell(41_000, "41,000") + cell(4_100, "4,100"), cell(2, "2"), cell(3, "3 bytes"),
            cell(100, "100 bytes") + cell(6, "6 bytes") + cell(7, "7 bytes"), cell(8, "8") + cell(9, "9"),
            "<td data-value=\"1.5\">1.5</td>", "<td data-value=\"12.5\">12.5%</td>",
            "<td data-value=\"16.5\">16.5 µs</td><td data-value=\"17.5\">17.5 µs</td><td data-value=\"18.5\">18.5 µs</td>",
        ] {
            #expect(html.contains(row + cells + "</tr>"), "\(cells)")
        }
        for name in [
            "Operations a second", "Latency of a write", "Percentiles of a read", "Histogram of a write",
            "Files in level 0",
            "Waiting for compaction", "Stalls by cause", "Time that writes were held up", "CPU", "Disk, MB/s", "Memory",
        ] {
            #expect(html.contains("<figcaption>\(name)</figcaption>"), "\(name)")
        }
    }

    @Test("It names nothing outside of itself, and what is named in it stands for itself")
    func selfContained() throws {
        let html = try page([.sample, other])
        for part in ["http:", "https:", "src=", "@import", "url("] { #expect(!html.contains(part), "\(part)") }
        #expect(html.contains("another &lt;engine&gt; &amp; more"))
        #expect(!html.contains("another <engine>"))
        // Every picture is described.
        #expect(html.components(separatedBy: "role=\"img\"").count == html.components(separatedBy: "<desc ").count)
    }

    @Test("Several are compared with the first, each figure in a picture of its own")
    func comparison() throws {
        let html = try page([.sample, other])
        #expect(html.contains("<small>1.00×</small>") && html.contains("<small>2.00×</small>"))
        #expect(try !page([.sample]).contains("×</small>"))
        #expect(html.contains("<figcaption>Memory: resident</figcaption>"))
        #expect(html.contains("<figcaption>Latency of a write: p99</figcaption>"))
    }

    @Test("A comparison is a table of medians, ratios and spread, and of each contestant the median run is drawn")
    func comparisonDocument() throws {
        func runs(_ engine: String, _ rates: [Double]) -> [ResultDocument] {
            rates.map { rate in
                var document = ResultDocument.sample
                (document.engine, document.operationsPerSecond) = (engine, rate)
                return document
            }
        }
        let document = ComparisonDocument(
            started: "2026-11-30T12:00:00Z", cutShort: nil,
            contestants: [("one", runs("kvstore", [90, 100, 120])), ("two", runs("lmdb", [45, 60, 50]))])
        let files = try PageFiles([])
        let file = try files.write(document, "comparison.json")
        let html = try ReportPage(files: [file]).html
        #expect(html.contains("Medians of 3 rounds"))
        #expect(html.contains("<td data-value=\"100\">100<small>1.00× -10% +20%</small></td>"))
        #expect(html.contains("<td data-value=\"50\">50<small>0.50× -10% +20%</small></td>"))
        #expect(html.contains("whose rate is the median"))
        #expect(html.contains("<th scope=\"row\">operations_per_second</th><td>100</td><td>50</td>"))
        // Beside a result that is called as a contestant is, each has the file with it.
        let beside = try files.write(runs("one", [70])[0], "result.json")
        let both = try ReportPage(files: [file, beside]).html
        #expect(both.contains("one, comparison.json") && both.contains("one, result.json"))
    }

    @Test("What makes figures doubtful or not comparable stands first")
    func warnings() throws {
        var document = ResultDocument.sample
        document.errors = 2
        document.failures = ["a wrong answer"]
        document.cutShort = "SIGINT"
        document.work?.keys = 5
        document.losses?.kill = "everything"
        let html = try page([.sample, document])
        for text in [
            "2 errors, the first: a wrong answer", "cut short by SIGINT", "a hypervisor took 12.5%",
            "took 0.25 of 2 processors",
            "did not do the same: keys none and 5", "do not lose the same",
        ] {
            #expect(html.contains(text), "\(text)")
        }
        document = .sample
        document.host?.stealPercent = 0.5
        document.host?.otherCPUs = 0.05
        #expect(try !page([document]).contains("To mind"))
    }

    @Test("A run without a sample, or with one, has a page too", arguments: [0, 1])
    func short(_ samples: Int) throws {
        var document = ResultDocument.sample
        document.series = Array(document.series.prefix(samples))
        document.latencyMicroseconds = [:]
        let html = try page([document])
        #expect(html.contains("</html>"))
        #expect(!html.lowercased().contains("nan") && !html.contains("inf\""))
    }

    @Test("Of an engine that tells nothing of itself there is no picture of it")
    func silent() throws {
        var document = ResultDocument.sample
        document.series = [SeriesSample(t: 1, writes: 1, reads: 1)]
        (document.losses, document.host, document.engineSettings) = (nil, nil, nil)
        let html = try page([document])
        for part in ["Inside the engine", "held up", "What it took", "What is lost"] {
            #expect(!html.contains("<h2>\(part)"), "\(part)")
        }
    }

    @Test("What is no result is refused, by its name")
    func refused() throws {
        let files = try PageFiles([.sample])
        var newer = ResultDocument.sample
        newer.schema += 1
        let text = try files.write("no JSON", "text")
        for file in [text, files.paths[0] + ".none", try files.write(newer, "newer"), try files.write([1], "list")] {
            let error = #expect(throws: UsageError.self) { try ReportPage(files: [files.paths[0], file]) }
            #expect(error?.message.contains(file) == true)
        }
        #expect(throws: UsageError.self) { try ReportPage(files: []) }
    }

    @Test(
        "Axes have round marks around what they show",
        arguments: [0, 0.3, 1, 4.2, 7, 99, 101, 12_345, 987_654_321] as [Double])
    func axes(_ value: Double) {
        for scale in [ChartAxis.Scale.linear, .bytes] {
            let axis = ChartAxis("", scale, [value]) { "\($0)" }
            #expect(axis.marks.first == 0)
            #expect(axis.marks.count >= 2 && axis.marks.count <= 7, "\(axis.marks)")
            #expect((axis.marks.last ?? 0) >= value)
            #expect(axis.place(0) == 0 && axis.place(axis.marks.last ?? 0) == 1)
        }
        let shares = ChartAxis("", .nines, [0.5, 0.9, 0.99, 0.999]) { "\($0)" }
        #expect(shares.marks == [0.5, 0.9, 0.99, 0.999])
        #expect(abs(shares.place(0.99) - 2 * shares.place(0.9)) < 1e-9)
    }

    @Test("The curve of percentiles has the document's own figures, and never falls")
    func percentiles() throws {
        var histogram = LatencyHistogram()
        var random = SplitMix64(seed: 3)
        for _ in 0..<100_000 {
            histogram.record(nanoseconds: UInt64(500 + random.next(below: 1000) * random.next(below: 1000)))
        }
        var document = ResultDocument.sample
        let summary = try #require(histogram.summary)
        document.latencyMicroseconds["write"] = summary
        let line = try #require(
            ReportCharts.percentiles(ReportResult(name: "", document: document, fields: []), .write))
        let shares: [(Double, Double?)] = [
            (0.5, summary.p50), (0.9, summary.p90), (0.99, summary.p99), (0.999, summary.p999), (0.9999, summary.p9999),
            (1 - 1e-5, summary.max),
        ]
        for (share, value) in shares { #expect(line.points.first { $0.x == share }?.y == value) }
        #expect(line.points.count > 90)
        // To a step of the histogram, which is a sixtieth.
        for (one, next) in zip(line.points, line.points.dropFirst()) {
            #expect(next.y >= one.y * 0.98 && next.x > one.x)
        }
        let bars = try #require(ReportCharts.histogram(ReportResult(name: "", document: document, fields: []), .write))
        #expect(abs(bars.points.reduce(0) { $0 + $1.y } - 100) < 1e-6)
    }
}

/// Documents in a folder that goes with it.
final class PageFiles {
    private let folder: TemporaryFolder
    private(set) var paths: [String] = []

    init(_ documents: [ResultDocument]) throws {
        folder = try TemporaryFolder()
        for (number, document) in documents.enumerated() { paths.append(try write(document, "\(number).json")) }
    }

    func page() throws -> String { try ReportPage(files: paths).html }

    func write(_ document: some Encodable, _ name: String) throws -> String {
        let path = folder.path.appending(name).string
        try ResultFile(path).write(document)
        return path
    }

    func write(_ text: String, _ name: String) throws -> String {
        let path = folder.path.appending(name).string
        try ResultFile(path).write(text: text)
        return path
    }
}
