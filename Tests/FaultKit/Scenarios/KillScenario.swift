internal import Foundation
internal import Glibc
internal import KVStore

/// Kills a writer at a random moment. Everything acknowledged must be there, batches whole, order a prefix.
package final class KillScenario: FaultScenario {
    package static let name = "kill"

    /// What the writer is busy with when it is killed.
    private enum Business: String, CaseIterable {
        case writing, flushing, evicting, reopening, closing, firstOpen, copying, converting, unlogged, catalog
    }

    private struct Situation: Hashable {
        let business: Business
        let layout: Store.Layout
    }

    private let folder: WorkFolder
    private var stores: [Situation: StoreUnderTest] = [:]
    private var catalogs: [Store.Layout: CatalogUnderTest] = [:]
    private var turn = 0
    private let kinds: [Business]

    package init(only: String?) throws {
        folder = try WorkFolder("kill")
        kinds = Business.allCases.filter { only == nil || $0.rawValue == only }
    }

    package func round(_ random: inout SeededRandom) throws -> RoundOutcome {
        let business = kinds[turn % kinds.count]
        turn += 1
        var outcome = RoundOutcome("kill while \(business.rawValue)")
        if business == .catalog {
            try killChurning(&random, &outcome)
        } else {
            try killWriting(business, &random, &outcome)
        }
        return outcome
    }

    private func killWriting(
        _ business: Business, _ random: inout SeededRandom, _ outcome: inout RoundOutcome
    ) throws {
        // Nothing is evicted from a single database.
        let layout = business == .evicting ? .separateDatabases : random.layout()
        let situation = Situation(business: business, layout: layout)
        let subject = store(for: situation)
        if business == .converting { subject.plan.copyLayout = random.layout() }
        let run = try subject.write(seed: random.next())
        listen(run, business, &random)
        run.kill()
        subject.take(run)
        outcome.commits = run.acknowledgements.count
        outcome.violations = run.complaints + run.failures.map { "a call failed: \($0.text)" }

        let found = try subject.verify()
        outcome.violations += found.complaints
        if subject.plan.copyEvery > 0 { try subject.judgeCopies(run, found.heads, &outcome) }
        outcome.violations +=
            business == .unlogged
            ? subject.ledger.judgeNothingInvented(found.heads) : subject.ledger.judgeNothingLost(found.heads)
        subject.ledger.settle(found.heads)
        subject.age += 1
        let isWornOut = subject.age >= 12 || business == .firstOpen
        if isWornOut || !outcome.violations.isEmpty {
            stores[situation] = nil
            try? FileManager.default.removeItem(atPath: subject.plan.store)
        }
    }

    /// Lets the writer go on until its moment has come.
    private func listen(_ run: WriterRun, _ business: Business, _ random: inout SeededRandom) {
        let patience = Clock.after(milliseconds: 10_000)
        switch business {
        case .firstOpen:
            if Bool.random(using: &random) { run.listen(until: patience) { !$0.acknowledgements.isEmpty } }
            run.listen(until: Clock.after(milliseconds: Int.random(in: 0...300, using: &random)))
        case .closing:
            run.listen(until: patience) { $0.isClosing }
            run.listen(until: Clock.now + UInt64.random(in: 0...15_000_000, using: &random))
        case .reopening:
            run.listen(until: patience) { $0.isReady }
            run.listen(until: Clock.after(milliseconds: Int.random(in: 0...500, using: &random)))
        case .converting:
            // One takes as long as opening databases does.
            run.listen(until: patience) { !$0.acknowledgements.isEmpty }
            run.listen(until: Clock.after(milliseconds: Int.random(in: 0...1500, using: &random)))
        default:
            run.listen(until: patience) { !$0.acknowledgements.isEmpty }
            run.listen(until: Clock.after(milliseconds: Int.random(in: 0...400, using: &random)))
        }
    }

    private func store(for situation: Situation) -> StoreUnderTest {
        if let known = stores[situation] { return known }
        let business = situation.business
        var plan = WriterPlan()
        plan.store = folder.fresh(business.rawValue)
        plan.layout = situation.layout
        plan.streams = [0, 1, 10, 900]
        plan.commits = .mixed
        switch business {
        case .writing: plan.streams = [0, 1, 2, 10, 900]
        case .flushing:
            plan.memtableKiB = 64
            plan.maintenanceEvery = 100
        case .evicting:
            plan.streams = [0, 10, 20, 30, 40, 50]
            plan.maxOpenNamespaces = 2
        case .reopening: plan.reopenEvery = 30
        case .closing: plan.reopenEvery = 60
        case .firstOpen: plan.streams = [0, 10]
        case .copying, .converting: plan.copyEvery = 10
        case .unlogged:
            plan.streams = [0, 1, 10]
            plan.commits = .unlogged
            plan.memtableKiB = 64
        case .catalog: break
        }
        let subject = StoreUnderTest(plan, errorFile: folder.fresh("stderr"))
        stores[situation] = subject
        return subject
    }

    private func killChurning(_ random: inout SeededRandom, _ outcome: inout RoundOutcome) throws {
        let layout = random.layout()
        let subject =
            catalogs[layout]
            ?? CatalogUnderTest(
                store: folder.fresh("catalog"), layout: layout, errorFile: folder.fresh("stderr"))
        catalogs[layout] = subject
        let run = try subject.churn(seed: random.next())
        run.listen(until: Clock.after(milliseconds: 10_000)) { $0.isReady }
        run.listen(until: Clock.after(milliseconds: Int.random(in: 0...800, using: &random)))
        run.kill()
        try subject.judge(run, cutAt: nil, &outcome)
        if !outcome.violations.isEmpty { catalogs[layout] = nil }
    }
}
