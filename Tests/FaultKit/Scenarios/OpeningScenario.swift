internal import Foundation
internal import KVStore

/// Opens a store several times in a row after its writer was killed: a writer whose streams have durabilities of their
/// own, also side by side in one namespace. Each opening must succeed; what is logged must be there, and what is not
/// must stay as the first opening found it.
package final class OpeningScenario: FaultScenario {
    package static let name = "openings"
    private let folder: WorkFolder
    private var stores: [Store.Layout: StoreUnderTest] = [:]
    private var unlogged: [Store.Layout: StreamLedger] = [:]

    package init(only: String?) throws { folder = try WorkFolder("openings") }

    package func round(_ random: inout SeededRandom) throws -> RoundOutcome {
        let layout = random.layout()
        var outcome = RoundOutcome("openings in a row")
        let subject = store(layout)
        subject.plan.intervalMilliseconds = [5, 20, 200, 1000].randomElement(using: &random) ?? 20
        subject.plan.memtableKiB = random.chance(oneIn: 2) ? 64 : 4096
        subject.plan.limit = 0
        let run = try subject.write(seed: random.next())
        run.listen(until: Clock.after(milliseconds: 10_000)) { !$0.acknowledgements.isEmpty }
        run.listen(until: Clock.after(milliseconds: Int.random(in: 0...600, using: &random)))
        run.kill()
        take(run, layout, &outcome)
        outcome.commits = run.acknowledgements.count

        var heads = try open(subject, layout, expecting: nil, &outcome)
        for _ in 0..<Int.random(in: 1...3, using: &random) where outcome.violations.isEmpty {
            if random.chance(oneIn: 2) {
                subject.plan.limit = Int.random(in: 1...20, using: &random)
                let more = try subject.write(seed: random.next())
                more.listen(until: Clock.after(milliseconds: 60_000))
                let ending = more.process.wait(until: Clock.after(milliseconds: 10_000))
                take(more, layout, &outcome)
                if let disorder = more.disorder(ending) { outcome.violations.append(disorder) }
                // Closing keeps what is not logged too.
                heads = nil
                for one in more.acknowledgements { unlogged[layout]?.note(one) }
                heads = try open(subject, layout, expecting: nil, wasClosed: true, &outcome)
            } else {
                heads = try open(subject, layout, expecting: heads, &outcome)
            }
        }
        subject.age += 1
        if !outcome.violations.isEmpty || subject.age > 10 {
            stores[layout] = nil
            try? FileManager.default.removeItem(atPath: subject.plan.store)
        }
        return outcome
    }

    private func store(_ layout: Store.Layout) -> StoreUnderTest {
        if let known = stores[layout] { return known }
        var plan = WriterPlan()
        plan.store = folder.fresh("store")
        plan.layout = layout
        // By their remainder: logged, not logged, synced. The first namespace has all, the second and third one each.
        plan.streams = [0, 1, 2, 10, 22, 31, 900]
        plan.commits = .each
        plan.maxOpenNamespaces = 3
        let subject = StoreUnderTest(plan, errorFile: folder.fresh("stderr"))
        subject.ledger = StreamLedger(plan.streams.filter { !WriterPlan.isUnlogged($0) })
        unlogged[layout] = StreamLedger(plan.streams.filter(WriterPlan.isUnlogged))
        stores[layout] = subject
        return subject
    }

    private func take(_ run: WriterRun, _ layout: Store.Layout, _ outcome: inout RoundOutcome) {
        stores[layout]?.take(run)
        for one in run.acknowledgements { unlogged[layout]?.note(one) }
        outcome.violations += run.complaints + run.failures.map { "a call failed: \($0.text)" }
    }

    /// Opens the store, reads all and closes it.
    private func open(
        _ subject: StoreUnderTest, _ layout: Store.Layout, expecting expected: [Int: UInt64]?, wasClosed: Bool = false,
        _ outcome: inout RoundOutcome
    ) throws -> [Int: UInt64]? {
        let found = try subject.verify()
        outcome.counts["openings", default: 0] += 1
        outcome.violations += found.complaints
        guard found.complaints.isEmpty else { return nil }
        if let expected, expected != found.heads {
            outcome.violations.append("the next opening found \(found.heads), where the last had found \(expected)")
        }
        outcome.violations += subject.ledger.judgeNothingLost(found.heads)
        let ledger = unlogged[layout] ?? StreamLedger([])
        outcome.violations +=
            wasClosed ? ledger.judgeNothingLost(found.heads) : ledger.judgeNothingInvented(found.heads)
        subject.ledger.settle(found.heads)
        unlogged[layout]?.settle(found.heads)
        return found.heads
    }
}
