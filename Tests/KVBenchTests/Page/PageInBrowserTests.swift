import Foundation
import Testing

@testable import KVBench

@Suite("The page in a browser", .enabled(if: Browser.isInstalled, "\(Browser.remedy)"), .serialized)
struct PageInBrowserTests {
    /// Two results as runs have them: a minute of samples, and a histogram of many latencies.
    private static let documents = [document("kvstore", 1), document("an engine with a rather long name", 2)]

    private static func document(_ engine: String, _ seed: UInt64) -> ResultDocument {
        var random = SplitMix64(seed: seed)
        var document = ResultDocument.sample
        document.engine = engine
        document.engineSettings = ["a_setting_with_a_long_name_and_a_long_value": String(repeating: "value", count: 40)]
        for kind in OperationKind.allCases {
            var histogram = LatencyHistogram()
            for _ in 0..<20_000 {
                histogram.record(nanoseconds: UInt64(900 + random.next(below: 3000) * random.next(below: 3000)))
            }
            document.latencyMicroseconds[kind.name] = histogram.summary
        }
        document.series = (1...60).map { second in
            var sample = ResultDocument.sample.series[0]
            sample.t = Double(second)
            sample.writes = 41_000 * second + random.next(below: 5000)
            sample.reads = 4_100 * second + random.next(below: 500)
            sample.residentBytes = second << 24
            sample.stalls = ["level0_slowdown": second * 3, "memtable_stop": second / 10]
            sample.stallMicroseconds = Double(second) * 150_000
            sample.diskWrittenBytes = second << 25
            sample.cpuMicroseconds = Double(second) * 1_750_000
            return sample
        }
        return document
    }

    private func look(_ documents: [ResultDocument], width: Int, dark: Bool) throws -> Browser.Look {
        try Browser.look(at: PageFiles(documents).page(), width: width, dark: dark)
    }

    @Test("It fits a phone and a desk in both themes, without a complaint", arguments: [380, 1280], [false, true])
    func fits(_ width: Int, _ dark: Bool) throws {
        for count in width == 380 && dark ? [1, 2] : [2] {
            let look = try look(Array(Self.documents.prefix(count)), width: width, dark: dark)
            #expect(look.complaints == [])
            #expect(look.width == Double(width))
            #expect(look.overflow == 0)
            #expect(look.isDark == dark)
            #expect(look.ground == (dark ? "rgb(20, 23, 26)" : "rgb(255, 255, 255)"))
            #expect(look.ink != look.ground)
            #expect(look.pictures >= 10 && look.undescribed == 0)
            #expect(look.readout.contains("seconds 1: "))
        }
    }

    @Test("The numbers that it shows are those of the documents")
    func numbers() throws {
        let documents = Self.documents
        let look = try look(documents, width: 1280, dark: false)
        let results = look.cells.filter { $0.table == "What was reached" }
        #expect(results.count >= 2 * 20)
        for cell in results {
            let object = try JSONSerialization.jsonObject(with: Data(JSONText.encode(documents[cell.column]).utf8))
            let value = cell.field.split(separator: ".").reduce(object as Any?) { ($0 as? [String: Any])?[String($1)] }
            #expect(cell.value == (value as? NSNumber)?.doubleValue, "\(cell)")
        }
        func cells(_ title: String) -> [Browser.Cell] { look.cells.filter { $0.table == title } }
        #expect(cells("Memory: resident").count == 120)
        for cell in cells("Memory: resident") {
            let sample = documents[cell.column].series.first { $0.t == Double(cell.field) }
            #expect(cell.value == sample?.residentBytes.map(Double.init))
            #expect(cell.text == sample?.residentBytes.map { NumberText.bytes($0) })
        }
        #expect(cells("Operations a second: writes").count == 120)
        for cell in cells("Operations a second: writes") {
            let series = documents[cell.column].series
            let index = try #require(series.firstIndex { $0.t == Double(cell.field) })
            let before = index > 0 ? series[index - 1].writes : 0
            #expect(cell.value == Double(series[index].writes - before))
        }
        let causes = look.cells.filter { $0.field == "stalls.level0_slowdown" }
        #expect(causes.map(\.value) == [180, 180])
    }

    @Test("A complaint of a script and a page that is too wide are noticed")
    func noticed() throws {
        let page = """
            <!DOCTYPE html><meta name="viewport" content="width=device-width"><body><div style="width: 500px">wide</div>
            <script>notDefined()</script></body>
            """
        let look = try Browser.look(at: page, width: 380, dark: false)
        #expect(look.complaints?.count == 1)
        #expect(look.overflow > 100)
    }
}
