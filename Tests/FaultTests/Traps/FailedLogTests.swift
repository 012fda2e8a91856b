import FaultKit
import Glibc
import KVStore
import Testing

/// Once the log could not be written or synced, the engine must not be asked for anything that touches it: builds with
/// assertions end the process. Writes are refused, reads go on, and reopening is the way back.
@Suite struct FailedLogTests {
    typealias Call = AfterFailureCommand.Call
    static let layouts = Store.Layout.allCases

    @Test(
        "After a failed write or sync of the log, calls that write are refused", arguments: ["write", "fdatasync"],
        layouts)
    func refused(_ failing: String, _ layout: Store.Layout) throws {
        let calls: [Call] = [.put, .update, .flush, .compact, .sync, .wait, .get, .scan, .snapshot, .put, .close]
        let results = try run(FaultPlan([failing], path: "*/namespaces/*.log"), layout, [.put] + calls)
        for call in ["failing", "put", "update", "flush", "compact", "sync"] {
            #expect(results[call] == "ioError", "\(call)")
        }
        for call in ["wait", "get", "scan", "snapshot"] { #expect(results[call] == "fine", "\(call)") }
    }

    @Test("One call after a failed log", arguments: [Call.flush, .compact, .wait, .close], layouts)
    func one(_ call: Call, _ layout: Store.Layout) throws {
        for failing in ["write", "fdatasync"] {
            let results = try run(
                FaultPlan([failing], path: "*/namespaces/*.log"), layout,
                [.put] + (call == .close ? [.close] : [call, .reopen, .put, .scan]))
            for answer in call == .close ? ["close"] : ["reopen", "scan", "neighbour"] {
                #expect(results[answer] == "fine", "\(answer) after \(failing)")
            }
        }
    }

    @Test(
        "A flush or compaction that fails is an error, and loses nothing", arguments: [Call.flush, .compact], layouts)
    func tables(_ failing: Call, _ layout: Store.Layout) throws {
        var plan = FaultPlan(["write"], path: "*.sst")
        for (error, code) in [(EIO, "ioError"), (ENOSPC, "noSpace")] {
            plan.error = error
            plan.times = 0
            let results = try run(plan, layout, [failing, .get, .scan, .reopen, .put, .compact, .scan])
            #expect(results["failing"] == code)
            for call in ["get", "scan", "reopen", "put", "compact", "neighbour"] {
                #expect(results[call] == "fine", "\(call) after \(failing)")
            }
        }
    }

    /// Runs the calls in a process the first of which fails, and expects that it ends in order.
    private func run(_ plan: FaultPlan, _ layout: Store.Layout, _ calls: [Call]) throws -> [String: String] {
        let folder = try WorkFolder("failed-log")
        var plan = plan
        plan.nth = 1
        plan.armed = folder.path + "/armed"
        let process = try ChildProcess(
            Programs.writer,
            AfterFailureCommand.arguments(
                store: folder.path + "/store", layout: layout, armed: folder.path + "/armed", calls: calls),
            environment: plan.environment, errorFile: folder.path + "/stderr")
        var results: [String: String] = [:]
        process.readLines(until: Clock.after(milliseconds: 60_000)) { line in
            let words = line.split(separator: " ").map(String.init)
            if words.count >= 2, results[words[0]] != "wrong" { results[words[0]] = words[1] }
            return true
        }
        let ending = process.wait(until: Clock.after(milliseconds: 5000))
        #expect(ending == .exited(0), "\(calls): \(process.errorText)")
        return results
    }
}
