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
        let layout = Store.Layout.allCases[turn / kinds.count % Store.Layout.allCases.count]
        turn += 1
        var outcome = RoundOutcome("full disk, \(business.rawValue)")
        outcome.kind += layout == .singleDatabase ? ", single database" : ""
        let path = "\(disk.point)/store-\(turn)"
        defer {
            disk.free()
            try? FileManager.default.removeItem(atPath: path)
        }
        if business == .catalog {
            try fillUnderCatalog(path, layout, &random, &outcome)
        } else {
            try fillUnderWriter(business, path, layout, &random, &outcome)
        }
        return outcome
    }

    private func fillUnderWriter(
        _ business: Business, _ path: String, _ layout: Store.Layout, _ random: inout SeededRandom,
        _ outcome: inout RoundOutcome
    ) throws {
        let subject = StoreUnderTest(plan(business, path, layout), errorFile: folder.fresh("stderr"))
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

        let (failures, freed) = (run.failures.count, Clock.now)
        disk.free()
        judgeReturn(run, subject.plan, freed, failures, &outcome)
        run.kill()
        subject.take(run)
        outcome.commits = run.acknowledgements.count
        outcome.violations += run.complaints
        judgeErrors(run, &outcome)
        let found = try subject.verify()
        outcome.violations += found.complaints
        outcome.violations += subject.ledger.judgeNothingLost(found.heads)
    }

    /// Each stream must get going again, and none by more than a `reopen()` that was under way when space was freed and
    /// one that came after.
    private func judgeReturn(
        _ run: WriterRun, _ plan: WriterPlan, _ freed: UInt64, _ failures: Int, _ outcome: inout RoundOutcome
    ) {
        var waiting = Set(plan.streams)
        run.listen(until: Clock.after(milliseconds: 30_000)) { run in
            if let one = run.acknowledgements.last, one.begun > freed { waiting.remove(one.stream) }
            return waiting.isEmpty
        }
        if !waiting.isEmpty {
            outcome.violations.append("streams \(waiting.sorted()) did not get going again when space was freed")
        }
        outcome.detail = "going again after \((Clock.now - freed) / 1_000_000) ms"
        let refused = run.failures.dropFirst(failures).filter { $0.operation == "reopen" && $0.code == "noSpace" }
        for (stream, all) in Dictionary(grouping: refused, by: \.stream) where all.count > 2 {
            let name = stream.map(String.init) ?? "?"
            outcome.violations.append("\(all.count) times stream \(name) was not reopened although there is space")
        }
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
        _ path: String, _ layout: Store.Layout, _ random: inout SeededRandom, _ outcome: inout RoundOutcome
    ) throws {
        let subject = CatalogUnderTest(store: path, layout: layout, errorFile: folder.fresh("stderr"))
        // Nothing is opened in a single database, which makes its steps faster, and its log has room for a memtable.
        let steps = layout == .singleDatabase ? 400 : 12
        let run = try subject.churn(seed: random.next(), steps: steps, memtableKiB: 64)
        run.listen(until: Clock.after(milliseconds: 30_000)) { $0.acknowledgements.count > 5 }
        try disk.fill()
        run.listen(until: Clock.after(milliseconds: 5_000)) { !$0.failures.isEmpty }
        if run.failures.isEmpty { outcome.counts["no call failed"] = 1 }
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
