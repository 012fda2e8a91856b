import FaultKit
import Glibc
import Testing

/// The engine's own log of what it does ends the process when it cannot be written, in builds with assertions: on a
/// full disk, opening a database would. So nothing is written to it.
@Suite struct InfoLogTests {
    @Test("An info log that cannot be written does no harm", arguments: [ENOSPC, EIO])
    func unwritable(_ error: Int32) throws {
        let folder = try WorkFolder("info-log")
        var fault = FaultPlan(["write", "fsync"], path: "*/LOG*")
        fault.nth = 1
        fault.times = 0
        fault.error = error
        var plan = WriterPlan()
        plan.store = folder.path + "/store"
        plan.streams = [0, 10, 900]
        plan.memtableKiB = 64
        plan.maintenanceEvery = 10
        plan.reopenEvery = 40
        plan.generations = 2
        let subject = StoreUnderTest(plan, errorFile: folder.path + "/stderr")
        let run = try subject.write(seed: 1, environment: fault.environment)
        run.listen(until: Clock.after(milliseconds: 60_000))
        let ending = run.process.wait(until: Clock.after(milliseconds: 5000))
        #expect(run.disorder(ending) == nil)
        #expect(run.failures.isEmpty, "\(run.failures.map(\.text))")
    }
}
