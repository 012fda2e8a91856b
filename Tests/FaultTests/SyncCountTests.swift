import FaultKit
import KVStore
import Testing

/// How often the disk is asked to sync, counted at the system call.
@Suite struct SyncCountTests {
    @Test("Namespaces that share a log have it synced once an interval, however many are written to")
    func sharedLog() throws {
        let folder = try WorkFolder("sync-count")
        var plan = WriterPlan()
        plan.store = folder.path + "/store"
        plan.layout = .singleDatabase
        // One in each of forty namespaces.
        plan.streams = (0..<40).map { $0 * 10 }
        plan.intervalMilliseconds = 100
        // Flushing and creating a namespace sync, too.
        plan.memtableKiB = 65_536
        plan.limit = 1
        _ = try write(plan, [:])

        plan.limit = 500
        var shim = FaultPlan(["fdatasync", "fsync"], path: "*/namespaces/*.log")
        shim.isTracing = true
        shim.log = folder.path + "/syncs"
        let (begun, ended) = try write(plan, shim.environment)

        let syncs = NotedCall.read(folder.path + "/syncs").filter { $0.begun < ended }.count
        let intervals = Int(ended - begun) / (plan.intervalMilliseconds * 1_000_000)
        #expect(intervals > 0 && syncs > 0, "\(syncs) syncs in \(intervals) intervals")
        #expect(syncs <= intervals + 2, "\(syncs) syncs in \(intervals) intervals")
    }

    /// Runs a writer to its end.
    ///
    /// - Returns: between when it wrote.
    private func write(_ plan: WriterPlan, _ environment: [String: String]) throws -> (UInt64, UInt64) {
        let run = try WriterRun(plan.arguments, environment: environment, errorFile: plan.store + "-errors")
        let deadline = Clock.after(milliseconds: 60_000)
        run.listen(until: deadline) { $0.isReady }
        let begun = Clock.now
        run.listen(until: deadline) { $0.isClosing }
        let ended = Clock.now
        run.listen(until: deadline)
        #expect(run.process.wait(until: Clock.after(milliseconds: 5000)) == .exited(0), "\(run.process.errorText)")
        return (begun, ended)
    }
}
