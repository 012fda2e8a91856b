internal import Foundation
internal import Glibc
internal import KVStore

/// Fills the disk under a writer, and frees it again.
///
/// Errors must say that the disk is full, nothing acknowledged may be lost, and the writer must get going again once
/// there is space and the namespace is reopened.
package final class FullDiskScenario: FaultScenario {
    package static let name = "full"

    /// Who fills the disk, and what the writer is busy with then.
    private enum Business: String, CaseIterable {
        case store, neighbour, flushing, opening, catalog
    }

    private let folder: WorkFolder
    private let disk: LoopDisk
    private let kinds: [Business]
    private var turn = 0

    package init(only: String?) throws {
        kinds = Business.allCases.filter { only == nil || $0.rawValue == only }
        folder = try WorkFolder("full")
        disk = try LoopDisk(.ext4, in: folder, megabytes: 64)
    }

    package func round(_ random: inout SeededRandom) throws -> RoundOutcome {
        let business = kinds[turn % kinds.count]
        turn += 1
        var outcome = RoundOutcome("full disk, \(business.rawValue)")
        let path = "\(disk.point)/store-\(turn)"
        defer {
            disk.free()
            try? FileManager.default.removeItem(atPath: path)
        }
        if business == .catalog {
            try fillUnderCatalog(path, &random, &outcome)
        } else {
            try fillUnderWriter(business, path, &random, &outcome)
        }
        return outcome
    }

    private func fillUnderWriter(
        _ business: Business, _ path: String, _ random: inout SeededRandom, _ outcome: inout RoundOutcome
    ) throws {
        let subject = StoreUnderTest(plan(business, path, .separateDatabases), errorFile: folder.fresh("stderr"))
        switch business {
        case .store: try disk.fill(megabytes: 40)
        case .opening: try disk.fill()
        default: break
        }
        let run = try subject.write(seed: random.next())
        let patience = { Clock.after(milliseconds: 30_000) }
        if business == .neighbour || business == .flushing {
            run.listen(until: patience()) { $0.acknowledgements.count > 20 }
            run.listen(until: Clock.after(milliseconds: Int.random(in: 0...300, using: &random)))
            try disk.fill()
        }
        run.listen(until: patience()) { !$0.failures.isEmpty }
        if run.failures.isEmpty { outcome.violations.append("the disk is full, and no call failed") }
        run.listen(until: Clock.after(milliseconds: Int.random(in: 0...500, using: &random)))

        disk.free()
        let before = run.acknowledgements.count
        run.listen(until: patience()) { $0.acknowledgements.count > before + 20 }
        if run.acknowledgements.count <= before + 20 {
            outcome.violations.append("the writer did not get going again when space was freed")
        }
        run.kill()
        subject.take(run)
        outcome.commits = run.acknowledgements.count
        outcome.violations += run.complaints
        judgeErrors(run, &outcome)
        let found = try subject.verify()
        outcome.violations += found.complaints
        outcome.violations += subject.ledger.judgeNothingLost(found.heads)
    }

    private func plan(_ business: Business, _ path: String, _ layout: Store.Layout) -> WriterPlan {
        var plan = WriterPlan()
        plan.store = path
        plan.layout = layout
        plan.streams = [0, 1, 10]
        plan.commits = .mixed
        plan.intervalMilliseconds = 50
        plan.response = .recover
        plan.shape.valueSize = 8000
        switch business {
        case .store:
            plan.shape.window = 1_000_000
            plan.memtableKiB = 1024
        case .flushing:
            plan.memtableKiB = 256
            plan.maintenanceEvery = 10
        default: break
        }
        return plan
    }

    private func fillUnderCatalog(
        _ path: String, _ random: inout SeededRandom, _ outcome: inout RoundOutcome
    ) throws {
        let subject = CatalogUnderTest(store: path, layout: random.layout(), errorFile: folder.fresh("stderr"))
        let run = try subject.churn(seed: random.next(), steps: 12)
        run.listen(until: Clock.after(milliseconds: 30_000)) { $0.acknowledgements.count > 5 }
        try disk.fill()
        run.listen(until: Clock.after(milliseconds: 5_000)) { !$0.failures.isEmpty }
        run.listen(until: Clock.after(milliseconds: Int.random(in: 0...500, using: &random)))
        disk.free()
        run.listen(until: Clock.after(milliseconds: 60_000))
        if let disorder = run.disorder(run.process.wait(until: Clock.after(milliseconds: 1000))) {
            outcome.violations.append(disorder)
        }
        judgeErrors(run, &outcome)
        try subject.judge(run, cutAt: nil, mayFail: true, &outcome)
    }

    private func judgeErrors(_ run: WriterRun, _ outcome: inout RoundOutcome) {
        for failure in run.failures {
            outcome.counts["." + failure.code, default: 0] += 1
            // The engine does not say why a compaction failed.
            let isCompaction = failure.code == "ioError" && failure.text.contains("while compacting")
            if failure.code != "noSpace", !failure.comesOfReopening, !isCompaction {
                outcome.violations.append("an unapt error: \(failure.text)")
            }
        }
    }
}
