/// How fast each was up to the work that all did: who gets further in the same time has more behind it, which makes what it
/// does next slower.
struct SameWork {
    /// Of each contestant and round, the operations a second up to what the slowest one reached in that round; `nil` where all
    /// had the same to do, or the series does not tell.
    let rates: [[Double?]]

    init(_ runs: [[ResultDocument]]) {
        let rounds = runs.map(\.count).min() ?? 0
        var rates: [[Double?]] = runs.map { $0.map { _ in nil } }
        for round in 0..<rounds {
            let results = runs.map { $0[round] }
            let done = results.map { $0.writes + $0.reads }
            guard let least = done.min(), let most = done.max(), 0 < least, least < most else { continue }
            for (place, result) in results.enumerated() {
                rates[place][round] = result.seconds(to: least).map { (Double(least) / $0).rounded(toPlaces: 1) }
            }
        }
        self.rates = rates
    }
}

extension ResultDocument {
    /// When that many operations had ended, between the samples as if they had come evenly.
    func seconds(to operations: Int) -> Double? {
        var before = (t: 0.0, operations: 0)
        for sample in series {
            let after = (t: sample.t, operations: sample.writes + sample.reads)
            if after.operations >= operations, after.operations > before.operations {
                let share = Double(operations - before.operations) / Double(after.operations - before.operations)
                return before.t + share * (after.t - before.t)
            }
            before = after
        }
        return nil
    }
}
