import Foundation
import SystemPackage
import Testing

@testable import KVBench

@Suite("The benchmark of many namespaces")
struct NamespacesBenchmarkTests {
    @Test("It checks every answer, fills in every figure, and leaves nothing behind unless it is told to")
    func run() throws {
        let folder = try TemporaryFolder()
        var options = NamespacesOptions()
        options.namespaces = 6
        options.workers = 2
        options.samples = 4
        options.rounds = 1
        options.maxOpen = 3
        options.data = folder.path.appending("data")
        let document = try NamespacesBenchmark(options).run(stop: StopRequest()) { _ in }
        #expect(document.errors == 0)
        #expect(Set(document.latencyMicroseconds.keys) == ["create", "first_write", "cold", "open"])
        #expect(try #require(document.createSeconds) > 0)
        let figures: [Double?] = [
            document.readSeconds, document.openMilliseconds, document.listMilliseconds,
            document.statisticsMilliseconds, document.closeMilliseconds, document.hotPerSecond,
            document.lonePerSecond, document.hotRatio, Double(document.peakDescriptors),
            Double(document.peakThreads), document.peakResidentBytes.map(Double.init),
            document.diskBytes.map(Double.init),
        ]
        for figure in figures { #expect(try #require(figure) > 0) }
        #expect(document.cutShort == nil)
        #expect(document.table.split(separator: "\n").allSatisfy { $0.count <= 60 }, "\(document.table)")
        let text = try JSONText.encode(document)
        #expect(try JSONDecoder().decode(NamespacesDocument.self, from: Data(text.utf8)) == document)
        #expect(text.contains("\"peak_rss_bytes\""))
        #expect(document.table.contains("6 namespaces"))
        // What stays can be used again.
        options.reusesData = true
        let again = try NamespacesBenchmark(options).run(stop: StopRequest()) { _ in }
        #expect(again.errors == 0)
        #expect(again.createSeconds == nil)
    }

    @Test("A directory that no run has left is not used again, and is left as it is")
    func foreignData() throws {
        let folder = try TemporaryFolder()
        let other = folder.path.appending("other")
        let absent = folder.path.appending("absent")
        try FileManager.default.createDirectory(
            atPath: other.appending("many").string, withIntermediateDirectories: true)
        try "STORE".write(toFile: other.appending("many/STORE").string, atomically: true, encoding: .utf8)
        try "another's".write(toFile: other.appending("KVBENCH").string, atomically: true, encoding: .utf8)
        for path in [other, other.appending("many"), absent, "/etc"] {
            var options = NamespacesOptions()
            options.namespaces = 1
            options.data = path
            options.reusesData = true
            let benchmark = try NamespacesBenchmark(options)
            #expect(throws: UsageError.self) { try benchmark.run(stop: StopRequest()) { _ in } }
        }
        #expect(!FileManager.default.fileExists(atPath: absent.string))
        #expect(!FileManager.default.fileExists(atPath: "/etc/many"))
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: other.string).sorted() == [
                "KVBENCH", "many", "many/STORE",
            ])
    }

    @Test("What was measured before it was stopped is there, and what was not is null")
    func cutShort() throws {
        let folder = try TemporaryFolder()
        var options = NamespacesOptions()
        options.namespaces = 5
        options.workers = 1
        options.data = folder.path.appending("data")
        let stop = StopRequest()
        let document = try NamespacesBenchmark(options).run(stop: stop) { line in
            if line.hasPrefix("comparing") { stop.make(signal: SIGINT) }
        }
        #expect(document.cutShort == "SIGINT" && document.errors == 0)
        #expect(document.readSeconds != nil && document.latencyMicroseconds["create"] != nil)
        #expect(document.hotPerSecond == nil && document.hotRatio == nil)
        #expect(document.table.contains("CUT SHORT by SIGINT"))
        options.data = folder.path.appending("other")
        let early = StopRequest()
        early.make(signal: SIGINT)
        let benchmark = try NamespacesBenchmark(options)
        #expect(throws: Interrupted.self) { try benchmark.run(stop: early) { _ in } }
    }

    @Test("Options that no run can be made with are refused")
    func refused() {
        var options = NamespacesOptions()
        options.namespaces = 0
        #expect(throws: UsageError.self) { try NamespacesBenchmark(options) }
        options.namespaces = 1
        options.reusesData = true
        #expect(throws: UsageError.self) { try NamespacesBenchmark(options) }
    }
}
