internal import Foundation
internal import Glibc
internal import KVStore

/// Cuts the power of the disk that a writer writes to.
///
/// Nothing synced may be lost, of what was buffered only a suffix whose age is bounded, and namespaces are created and
/// dropped whole or not at all.
package class CutScenario: FaultScenario {
    package class var name: String { "cut-ext4" }
    class var fileSystem: LoopDisk.FileSystem { .ext4 }
    class var cutsBelow: Bool { false }

    /// What the writer is busy with when the power goes.
    private enum Business: String, CaseIterable {
        case synced, everySecond, every100ms, mixed, flushing, catalog, evicting, reopening, firstOpen, copying,
            converting
    }

    private struct Situation: Hashable {
        let business: Business
        let layout: Store.Layout
    }

    private let folder: WorkFolder
    private let disk: LoopDisk
    private var stores: [Situation: StoreUnderTest] = [:]
    private var catalogs: [Store.Layout: CatalogUnderTest] = [:]
    private var turn = 0
    private var count = 0
    private let kinds: [Business]

    package required init(only: String?) throws {
        kinds = Business.allCases.filter { only == nil || $0.rawValue == only }
        folder = try WorkFolder(Self.name)
        disk = try LoopDisk(Self.fileSystem, in: folder, cutsBelow: Self.cutsBelow)
    }

    package func round(_ random: inout SeededRandom) throws -> RoundOutcome {
        let business = kinds[turn % kinds.count]
        turn += 1
        var outcome = RoundOutcome("\(Self.name) while \(business.rawValue)")
        if business == .catalog {
            try cutChurning(&random, &outcome)
        } else {
            try cutWriting(business, &random, &outcome)
        }
        return outcome
    }

    private func cutWriting(
        _ business: Business, _ random: inout SeededRandom, _ outcome: inout RoundOutcome
    ) throws {
        // Nothing is evicted from a single database.
        let layout = business == .evicting ? .separateDatabases : random.layout()
        let situation = Situation(business: business, layout: layout)
        let subject = store(for: situation)
        if business == .converting { subject.plan.copyLayout = random.layout() }
        var trace = FaultPlan(["write", "fdatasync", "fsync"], path: "*.log")
        trace.isTracing = true
        trace.slowMicroseconds = 2000
        trace.log = folder.fresh("trace")
        let run = try subject.write(seed: random.next(), environment: trace.environment)
        listen(run, business, &random)
        let moment = try cut(run, &outcome)
        subject.take(run)
        let before = run.acknowledgements.filter { $0.acknowledged < moment }
        outcome.commits = before.count

        let found = try subject.verify()
        outcome.violations += found.complaints
        if subject.plan.copyEvery > 0 {
            try subject.judgeCopies(run, found.heads, before: moment, &outcome)
        }
        let loss = subject.ledger.judgeCut(found.heads, at: moment)
        outcome.violations += loss.violations
        outcome.lostCommits = loss.lostCommits
        if business != .synced, business != .firstOpen {
            outcome.lossAge = loss.oldestLost
            judgeAge(loss, subject.plan, NotedCall.read(trace.log ?? ""), run.lateness, before: moment, &outcome)
        }
        subject.ledger.settle(found.heads)
        subject.age += 1
        if subject.age >= 12 || business == .firstOpen || !outcome.violations.isEmpty {
            stores[situation] = nil
            try? FileManager.default.removeItem(atPath: subject.plan.store)
        }
    }

    /// Cuts the power under a writer, ends the writer, and gives the power back.
    ///
    /// - Returns: the moment before which whatever was acknowledged counts.
    private func cut(_ run: WriterRun, _ outcome: inout RoundOutcome) throws -> UInt64 {
        let moment = Clock.now
        try disk.cutPower()
        // The writer meets errors now, which must not bring it down.
        run.listen(until: Clock.after(milliseconds: 300))
        run.process.kill(SIGTERM)
        run.listen(until: Clock.after(milliseconds: 10_000))
        let ending = run.process.wait(until: Clock.after(milliseconds: 10_000))
        if run.wasEndedByFlush(ending) {
            outcome.counts["ended by the engine's flush"] = 1
        } else if case .signalled(let signal) = ending, signal != SIGTERM {
            outcome.violations.append("the writer crashed, signal \(signal): \(run.process.errorText)")
        }
        if ending == .hung { outcome.violations.append("the writer did not end") }
        outcome.violations += run.complaints
        try disk.restorePower()
        return moment
    }

    /// The loss may be as old as the interval and what the disk took to sync the logs, and as late as the machine let
    /// threads run one after another: the log syncer, who writes to the log before it, who syncs it, who acknowledged.
    /// How late one is told only beyond 10 ms.
    private func judgeAge(
        _ loss: CutLoss, _ plan: WriterPlan, _ calls: [NotedCall], _ lateness: UInt64, before moment: UInt64,
        _ outcome: inout RoundOutcome
    ) {
        let interval = UInt64(plan.intervalMilliseconds) * 1_000_000
        let slack = 3 * lateness + 60_000_000
        // How long the disk had the logs wait since the oldest lost commit. With several namespaces, one sync each.
        let waited = calls.filter { $0.ended > moment - loss.oldestLost }
            .map { min($0.ended, moment) - min($0.begun, moment) }
        if loss.oldestLost > interval + waited.reduce(0, +) + slack {
            outcome.violations.append(
                "a commit acknowledged \(loss.oldestLost / 1_000_000) ms before the cut is lost, with an interval of "
                    + "\(plan.intervalMilliseconds) ms, syncs of \(waited.reduce(0, +) / 1_000_000) ms since, and threads up "
                    + "to \(lateness / 1_000_000) ms late")
        }
        if loss.oldestLost > interval + (waited.max() ?? 0) + slack { outcome.counts["over one sync"] = 1 }
        outcome.detail =
            "oldest lost \(loss.oldestLost / 1_000_000) ms, newest \(loss.newestLost / 1_000_000) ms, "
            + "longest sync \((waited.max() ?? 0) / 1_000_000) ms, threads up to \(lateness / 1_000_000) ms late"
    }

    private func listen(_ run: WriterRun, _ business: Business, _ random: inout SeededRandom) {
        let patience = Clock.after(milliseconds: 10_000)
        if business == .firstOpen {
            if Bool.random(using: &random) { run.listen(until: patience) { !$0.acknowledgements.isEmpty } }
            run.listen(until: Clock.after(milliseconds: Int.random(in: 0...300, using: &random)))
            return
        }
        run.listen(until: patience) { !$0.acknowledgements.isEmpty }
        let longest = business == .everySecond ? 2500 : business == .converting ? 1500 : 700
        run.listen(until: Clock.after(milliseconds: Int.random(in: 0...longest, using: &random)))
    }

    private func store(for situation: Situation) -> StoreUnderTest {
        if let known = stores[situation] { return known }
        let business = situation.business
        var plan = WriterPlan()
        count += 1
        plan.store = "\(disk.point)/\(business.rawValue)-\(count)"
        plan.streams = [0, 1, 10]
        plan.layout = situation.layout
        plan.commits = .buffered
        plan.intervalMilliseconds = 100
        switch business {
        case .synced:
            plan.streams = [0, 1, 10, 900]
            plan.commits = .synced
        case .everySecond: plan.intervalMilliseconds = 1000
        case .every100ms: break
        case .mixed: plan.commits = .mixed
        case .flushing:
            plan.memtableKiB = 64
            plan.maintenanceEvery = 100
        case .evicting:
            plan.streams = [0, 10, 20, 30]
            plan.maxOpenNamespaces = 2
        case .reopening: plan.reopenEvery = 50
        case .firstOpen: plan.streams = [0, 10]
        case .copying, .converting: plan.copyEvery = 10
        case .catalog: break
        }
        let subject = StoreUnderTest(plan, errorFile: folder.fresh("stderr"))
        stores[situation] = subject
        return subject
    }

    private func cutChurning(_ random: inout SeededRandom, _ outcome: inout RoundOutcome) throws {
        let layout = random.layout()
        let subject =
            catalogs[layout]
            ?? CatalogUnderTest(
                store: disk.point + "/catalog-\(turn)", layout: layout, errorFile: folder.fresh("stderr"))
        catalogs[layout] = subject
        let run = try subject.churn(seed: random.next())
        run.listen(until: Clock.after(milliseconds: 10_000)) { $0.isReady }
        run.listen(until: Clock.after(milliseconds: Int.random(in: 0...1000, using: &random)))
        let moment = try cut(run, &outcome)
        try subject.judge(run, cutAt: moment, mayFail: true, &outcome)
        if !outcome.violations.isEmpty { catalogs[layout] = nil }
    }
}

/// The same on XFS.
package final class XFSCutScenario: CutScenario {
    package override class var name: String { "cut-xfs" }
    override class var fileSystem: LoopDisk.FileSystem { .xfs }
}

/// The same on Btrfs, with the power cut below it.
package final class BtrfsCutScenario: CutScenario {
    package override class var name: String { "cut-btrfs" }
    override class var fileSystem: LoopDisk.FileSystem { .btrfs }
}

/// The same with the power cut below the file system: also what it wrote and did not flush may be lost.
package final class DeepCutScenario: CutScenario {
    package override class var name: String { "cut-below" }
    override class var cutsBelow: Bool { true }
}
