internal import Foundation

/// A store with the plan of its writers and what is known of its streams.
package final class StoreUnderTest {
    package var plan: WriterPlan
    package var ledger: StreamLedger
    package let errorFile: String
    /// How many faults it has been through.
    package var age = 0

    package init(_ plan: WriterPlan, errorFile: String) {
        self.plan = plan
        self.errorFile = errorFile
        ledger = StreamLedger(plan.streams)
    }

    /// Starts a writer.
    package func write(seed: UInt64, environment: [String: String] = [:]) throws -> WriterRun {
        plan.seed = seed & 0xFFFF_FFFF
        return try WriterRun(plan.arguments, environment: environment, errorFile: errorFile)
    }

    /// Takes over what a writer that has ended said.
    package func take(_ run: WriterRun) {
        for one in run.acknowledgements { ledger.note(one) }
        for failure in run.failures {
            if let stream = failure.stream { ledger.noteFailure(stream, failure.sequence) }
        }
    }

    package func verify() throws -> Verification {
        try Verification(plan, errorFile: errorFile + ".verify")
    }
}
