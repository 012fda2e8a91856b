internal import Foundation

extension StoreUnderTest {
    /// Says what is wrong with the copies that a writer made, which are removed then.
    ///
    /// One that is there opens and holds the moment that it is named after; one that was finished before `moment` is
    /// there.
    ///
    /// - Parameters:
    ///   - heads: what the store holds now.
    ///   - moment: when a power cut took place.
    func judgeCopies(
        _ run: WriterRun, _ heads: [Int: UInt64], before moment: UInt64 = .max, _ outcome: inout RoundOutcome
    ) throws {
        defer { try? FileManager.default.removeItem(atPath: plan.copies) }
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: plan.copies)) ?? []
        let names = entries.filter { !$0.hasPrefix(".") }
        let leftovers = entries.filter { $0.hasPrefix(".") }
        var violations: [String] = []
        outcome.counts["copies"] = names.count
        outcome.counts["unfinished copies"] = leftovers.count
        for words in run.otherLines where words.count == 3 && words[0] == "copied" {
            if (UInt64(words[2]) ?? .max) < moment, !names.contains(words[1]) {
                violations.append("the copy at \(words[1]) was finished and is not there")
            }
        }
        for name in names { violations += try judgeCopy(name, at: name) }
        for name in leftovers { violations += try judgeLeftover(name, heads) }
        outcome.violations += violations
    }

    /// A copy of the moment when the first stream had commit `name`.
    private func judgeCopy(_ name: String, at moment: String) throws -> [String] {
        let found = try verifyCopy(name)
        var violations = found.complaints + ledger.judgeMoment(found.heads)
        let head = found.heads[plan.streams[0]] ?? 0
        if String(head) != moment { violations.append("it holds \(head)") }
        return violations.map { "the copy \(name): \($0)" }
    }

    /// What a crash left under the temporary name `.<name>.new`: whole if it is a store at all, and in nobody's way.
    private func judgeLeftover(_ entry: String, _ heads: [Int: UInt64]) throws -> [String] {
        let name = String(entry.dropFirst().prefix { $0 != "." })
        var violations: [String] = []
        if FileManager.default.fileExists(atPath: "\(plan.copies)/\(entry)/STORE") {
            violations += try judgeCopy(entry, at: name)
        }
        let again = try Verification(plan, copyingTo: "\(plan.copies)/\(name)", errorFile: errorFile + ".again")
        violations += again.complaints.map { "over \(entry): \($0)" }
        let found = try verifyCopy(name)
        violations += found.complaints.map { "the copy over \(entry): \($0)" }
        if found.heads != heads { violations.append("the copy over \(entry) holds \(found.heads), not \(heads)") }
        if FileManager.default.fileExists(atPath: "\(plan.copies)/\(entry)") { violations.append("\(entry) is left") }
        return violations
    }

    private func verifyCopy(_ name: String) throws -> Verification {
        var copy = plan
        copy.store = "\(plan.copies)/\(name)"
        copy.layout = nil
        return try Verification(copy, errorFile: errorFile + ".copy")
    }
}
