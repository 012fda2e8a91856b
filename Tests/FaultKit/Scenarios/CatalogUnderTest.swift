package import KVStore

/// A store whose namespaces come, change and go, and what is known of them.
package final class CatalogUnderTest {
    private let store: String
    private let layout: Store.Layout
    private let errorFile: String
    private var ledger = CatalogLedger()

    package init(store: String, layout: Store.Layout, errorFile: String) {
        self.store = store
        self.layout = layout
        self.errorFile = errorFile
    }

    /// Starts a process that creates, uses, renames and drops namespaces.
    ///
    /// - Parameter steps: how many steps it takes before it ends; nil for endlessly.
    package func churn(
        seed: UInt64, steps: Int? = nil, memtableKiB: Int = 4096, environment: [String: String] = [:]
    ) throws -> WriterRun {
        let arguments = ChurnCommand.arguments(
            store: store, layout: layout, seed: seed & 0xFFFF_FFFF, firstIncarnation: ledger.nextIncarnation,
            steps: steps, memtableKiB: memtableKiB)
        return try WriterRun(arguments, environment: environment, errorFile: errorFile)
    }

    /// Verifies the store and judges it by what the process that has ended said.
    ///
    /// - Parameter moment: when a power cut took place; what was acknowledged later need not be there.
    package func judge(
        _ run: WriterRun, cutAt moment: UInt64?, mayFail: Bool = false, _ outcome: inout RoundOutcome
    ) throws {
        outcome.violations += run.complaints
        if !mayFail { outcome.violations += run.failures.map { "a call failed: \($0.text)" } }
        for words in run.otherLines { ledger.note(words, before: moment ?? .max) }
        for one in run.acknowledgements { ledger.note(one, before: moment ?? .max) }
        outcome.commits += run.acknowledgements.count
        outcome.counts["catalog operations"] = run.otherLines.count { $0.first == "finished" }

        let check = try WriterRun(ChurnCommand.verifyArguments(store: store), errorFile: errorFile + ".verify")
        check.listen(until: Clock.after(milliseconds: 60_000))
        let ending = check.process.wait(until: Clock.after(milliseconds: 10_000))
        outcome.violations += check.complaints
        if let disorder = check.disorder(ending) {
            outcome.violations.append("while verifying, \(disorder)")
            return
        }
        outcome.violations += ledger.judge(check.otherLines)
        if ledger.overtaken > 0 { outcome.counts["calls overtaken by a cut"] = ledger.overtaken }
    }
}
