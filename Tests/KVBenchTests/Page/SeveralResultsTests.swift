import Foundation
import SystemPackage
import Testing

@testable import KVBench

@Suite("A page of what is several results in one file")
struct SeveralResultsTests {
    @Test("Has each workload of a chain, and each step of a ramp, by its name")
    func several() throws {
        let folder = try TemporaryFolder()
        var other = ResultDocument.sample
        other.workload = "scan"
        let chain = folder.path.appending("chain.json").string
        try Data(JSONText.encode(ChainDocument([.sample, other])).utf8).write(to: URL(filePath: chain))
        let input = try ReportInput(files: [chain])
        #expect(input.results.map(\.name) == ["messages", "scan"])
        #expect(input.results.allSatisfy { !$0.fields.isEmpty })
        let ramp = folder.path.appending("ramp.json").string
        let document = RampDocument(
            try RampSteps.parse("workers=1,2"), [.sample, .sample], started: "2026-11-30T12:00:00Z", cutShort: nil)
        try Data(JSONText.encode(document).utf8).write(to: URL(filePath: ramp))
        #expect(try ReportInput(files: [ramp]).results.map(\.name) == ["workers 1", "workers 2"])
        #expect(try ReportPage(files: [chain, ramp]).html.contains("workers 2"))
    }
}
