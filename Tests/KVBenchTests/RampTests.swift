import Foundation
import SystemPackage
import Testing

@testable import KVBench

@Suite("A ramp of workers or of the rate")
struct RampTests {
    @Test(
        "Steps are read as people write them",
        arguments: [
            ("workers=1,2,4", RampSteps.Axis.workers, [1, 2, 4]), ("workers=4,1,2,4", .workers, [1, 2, 4]),
            ("rate=100..300:100", .rate, [100, 200, 300]), ("rate=100..250:100,1000", .rate, [100, 200, 1000]),
            ("keys=10,1000", .keys, [10, 1000]),
        ])
    func steps(text: String, axis: RampSteps.Axis, values: [Int]) throws {
        let steps = try RampSteps.parse(text)
        #expect(steps.axis == axis && steps.values == values)
    }

    @Test(
        "What is no ramp is refused with what to give instead",
        arguments: [
            ("", "workers=1,2,4,8"), ("threads=1,2", "workers=1,2,4,8"), ("workers", "workers=1,2,4,8"),
            ("workers=", "a number from 1 on"), ("workers=1", "from 2 to 100"), ("workers=0,1", "a number from 1 on"),
            ("workers=-1,1", "a number from 1 on"), ("rate=5..1:1", "a number from 1 on"),
            ("rate=1..5:0", "a number from 1 on"), ("rate=1..5", "a number from 1 on"),
            ("rate=1..1000000:1", "more than 100"), ("rate=1..99999999999999999999:1", "a number from 1 on"),
            ("workers=1..60:1,100..160:1", "from 2 to 100"),
        ])
    func refused(text: String, hint: String) throws {
        let error = try #require(throws: UsageError.self) { try RampSteps.parse(text) }
        #expect(error.message.contains(hint), "\(error.message)")
    }

    @Test(
        "Options that steps cannot share are refused before anything is run",
        arguments: [
            (Refusal { $0.data = "somewhere" }, "workers=1,2", "--scratch"),
            (Refusal { $0.rate = 5 }, "rate=1,2", "--rate"),
            (Refusal { $0.workload = "fill-random,scan" }, "workers=1,2", "one workload"),
            (Refusal { $0.workload = "read-while-writing" }, "workers=1,2", "--workers"),
            (Refusal { _ in }, "workers=1,1000000", "from 1 to"), (Refusal { _ in }, "rate=1,1000000000", "from 1 to"),
        ])
    func options(refusal: Refusal, steps: String, hint: String) throws {
        var options = RunOptions()
        refusal.change(&options)
        let error = try #require(throws: UsageError.self) { try Ramp(options, RampSteps.parse(steps)) }
        #expect(error.message.contains(hint), "\(error.message)")
    }

    struct Refusal: Sendable {
        let change: @Sendable (inout RunOptions) -> Void
        init(_ change: @escaping @Sendable (inout RunOptions) -> Void) { self.change = change }
    }

    @Test("The knee of workers is where more of them bring no more")
    func kneeOfWorkers() throws {
        // An engine that has room for three.
        let document = try run("workers=1..8:1") { Double(min($0, 3)) * 1000 + Double($0) }
        #expect(document.knee == 3)
        #expect(document.table.contains("<- knee"))
        #expect(document.steps.map(\.value) == Array(1...8) && document.exitStatus == 0)
        let text = try JSONText.encode(document)
        #expect(try JSONSchema.named("kvbench-ramp").complaints(about: text) == [])
        #expect(try JSONDecoder().decode(RampDocument.self, from: Data(text.utf8)) == document)
        #expect(document.table.split(separator: "\n").allSatisfy { $0.count <= 72 })
    }

    @Test("The knee of the rate is the last that is kept, and that does not wait in line")
    func kneeOfRate() throws {
        #expect(try run("rate=100..800:100") { min(Double($0), 510) }.knee == 500)
        #expect(try run("rate=100..800:100", p99: { $0 <= 300 ? 20 : 201 }) { Double($0) }.knee == 300)
        // One that is kept again behind it does not count.
        #expect(try run("rate=100..800:100", p99: { $0 == 300 ? 500 : 20 }) { Double($0) }.knee == 200)
        let none = try run("rate=100..800:100") { Double($0) / 2 }
        #expect(none.knee == nil && none.table.contains("no step is it"))
    }

    @Test("A step that had errors is the last, and a signal leaves whole steps")
    func ends() throws {
        let failed = try run("workers=1..8:1", errors: { $0 == 3 ? 2 : 0 }) { Double($0) }
        #expect(failed.steps.count == 3 && failed.exitStatus == 1 && failed.table.contains("workers 3: 2 errors"))
        let stop = StopRequest()
        let cut = try run(
            "workers=1..8:1", stop: stop,
            errors: {
                if $0 == 4 { stop.make(signal: 2) }; return 0
            }
        ) {
            Double($0)
        }
        #expect(cut.steps.count == 3 && cut.cutShort == "SIGINT" && cut.table.contains("CUT SHORT"))
        let early = StopRequest()
        early.make(signal: 2)
        #expect(throws: Interrupted.self) { try run("workers=1,2", stop: early) { Double($0) } }
    }

    @Test("The command prints a row for each step and writes one document")
    func command() throws {
        let folder = try TemporaryFolder()
        let program = Program(folder: folder.path)
        let result = try program.run([
            "run", "read-random", "--keys", "200", "--operations", "400", "--ramp", "workers=1,2", "--json", "r.json",
        ])
        #expect(result.status == 0)
        #expect(result.output.contains("<- knee"))
        let data = try Data(contentsOf: URL(filePath: folder.path.appending("r.json").string))
        let document = try JSONDecoder().decode(RampDocument.self, from: data)
        #expect(document.steps.map(\.result.workers) == [1, 2] && document.steps.allSatisfy { $0.result.reads == 400 })
        #expect(try folder.content == ["r.json"])
        let refused = try program.run(["run", "--ramp", "workers=0"])
        #expect(refused.status == 64 && refused.error.contains("from 1 on"))
    }

    private func run(
        _ text: String, stop: StopRequest = StopRequest(), p99: (Int) -> Double = { _ in 20 },
        errors: (Int) -> Int = { _ in 0 },
        rate: (Int) -> Double
    ) throws -> RampDocument {
        let steps = try RampSteps.parse(text)
        return try Ramp(RunOptions(), steps).run(stop: stop, progress: { _ in }) { step, _ in
            let value = steps.axis == .workers ? step.options.workers : step.options.rate ?? 0
            var document = ResultDocument.sample
            document.operationsPerSecond = rate(value)
            document.errors = errors(value)
            document.latencyMicroseconds["read"]?.p99 = p99(value)
            return document
        }
    }
}
