internal import Foundation

/// What came of one fault.
package struct RoundOutcome {
    /// Which kind of fault it was, a row of the report.
    package var kind: String
    /// How many acknowledged commits or reads were checked.
    package var commits = 0
    package var violations: [String] = []
    /// For power cuts with buffered commits: how old the oldest lost commit was, in nanoseconds, 0 when none was lost.
    package var lossAge: UInt64?
    package var lostCommits = 0
    /// What a close look would want to know.
    package var detail = ""
    /// Whatever else is worth counting, by name.
    package var counts: [String: Int] = [:]

    package init(_ kind: String) { self.kind = kind }
}

/// What came of many faults.
package struct FaultReport {
    package struct Row {
        package var faults = 0
        package var commits = 0
        package var violations = 0
        package var lossAges: [UInt64] = []
        package var lostCommits = 0
        package var counts: [String: Int] = [:]
    }

    package private(set) var rows: [String: Row] = [:]
    package private(set) var violations: [String] = []

    package init() {}

    package mutating func add(_ outcome: RoundOutcome, _ label: String) {
        var row = rows[outcome.kind] ?? Row()
        row.faults += 1
        row.commits += outcome.commits
        row.violations += outcome.violations.count
        row.lostCommits += outcome.lostCommits
        if let age = outcome.lossAge { row.lossAges.append(age) }
        row.counts.merge(outcome.counts, uniquingKeysWith: +)
        rows[outcome.kind] = row
        violations += outcome.violations.map { "\(outcome.kind) (\(label)): \($0)" }
    }

    package var faults: Int { rows.values.map(\.faults).reduce(0, +) }
    package var commits: Int { rows.values.map(\.commits).reduce(0, +) }

    /// The line that says it all.
    package var total: String { "\(faults) faults, \(commits) commits checked, \(violations.count) violations" }

    package var table: [String] {
        let width = max(24, (rows.keys.map(\.count).max() ?? 0) + 2)
        func cell(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        var lines = [
            cell("kind", width) + cell("faults", 8) + cell("commits", 10) + cell("violations", 12) + "notes"
        ]
        for (kind, row) in rows.sorted(by: { $0.key < $1.key }) {
            lines.append(
                cell(kind, width) + cell("\(row.faults)", 8) + cell("\(row.commits)", 10)
                    + cell("\(row.violations)", 12) + row.notes)
        }
        return lines
    }
}

extension FaultReport.Row {
    fileprivate var notes: String {
        var notes = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        if !lossAges.isEmpty {
            let sorted = lossAges.sorted()
            func milliseconds(_ share: Double) -> UInt64 {
                sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] / 1_000_000
            }
            notes.append(
                "age of the oldest lost commit: median \(milliseconds(0.5)) ms, 90% \(milliseconds(0.9)) ms, "
                    + "most \(milliseconds(1)) ms; \(lostCommits) commits lost")
        }
        return notes.joined(separator: ", ")
    }
}
