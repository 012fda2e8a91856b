import Foundation
import Testing

@testable import KVBench

@Suite("The page of results")
struct ReportPageTests {
    private func page(_ documents: [ResultDocument]) throws -> String {
        try withFiles(documents) { try ReportPage(files: $0).html }
    }

    private func withFiles<Result>(_ documents: [ResultDocument], _ body: ([String]) throws -> Result) throws -> Result
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kvbench-page-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = documents.indices.map { folder.appending(path: "\($0).json").path }
        for (document, file) in zip(documents, files) { try ResultFile(file).write(document) }
        return try body(files)
    }

    private var other: ResultDocument {
        var document = ResultDocument.sample
        document.engine = "another <engine> & more"
        document.operationsPerSecond = 2 * ResultDocument.sample.operationsPerSecond
        return document
    }

    @Test("It holds every field of the documents as they have it")
    func fields() throws {
        let html = try page([.sample, other])
        let tree = try JSONDecoder().decode(JSONTree.self, from: Data(JSONText.encode(ResultDocument.sample).utf8))
        #expect(tree.fields.count > 25)
        for (path, value) in tree.fields where path != "engine" && path != "operations_per_second" {
            let cells = "<td>\(HTMLText.escaped(value))</td><td>\(HTMLText.escaped(value))</td>"
            #expect(html.contains("<th scope=\"row\">\(path)</th>\(cells)"), "\(path)")
        }
    }

    @Test("The numbers of its charts are those of the series")
    func charts() throws {
        let html = try page([.sample])
        for sample in ResultDocument.sample.series {
            let memory = NumberText.bytes(try #require(sample.residentBytes))
            #expect(html.contains("<th scope=\"row\">\(NumberText.plain(sample.t))</th><td>\(memory)</td>"))
        }
        for name in ["Operations a second", "Resident memory", "Files in level 0", "Waiting for compaction"] {
            #expect(html.contains("<figcaption>\(name)</figcaption>"), "\(name)")
        }
        for kind in ResultDocument.sample.latencyMicroseconds.keys {
            #expect(html.contains("<figcaption>Latency of a \(kind), µs</figcaption>"))
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

    @Test("Several are compared with the first")
    func comparison() throws {
        let html = try page([.sample, other])
        #expect(html.contains("<th scope=\"row\">to the first</th><td>1.0</td><td>2.0</td>"))
        #expect(try !page([.sample]).contains("to the first"))
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

    @Test("What is no result is refused, by its name")
    func refused() throws {
        try withFiles([.sample]) { files in
            let text = files[0] + ".txt"
            try Data("no JSON".utf8).write(to: URL(filePath: text))
            for file in [text, files[0] + ".none"] {
                let error = #expect(throws: UsageError.self) { try ReportPage(files: [files[0], file]) }
                #expect(error?.message.contains(file) == true)
            }
            #expect(throws: UsageError.self) { try ReportPage(files: []) }
        }
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
}
