internal import Foundation

extension StoreUnderTest {
    /// What is wrong with the checkpoints that a writer made, which are removed then.
    ///
    /// One that is there opens and holds what it is named after; one that was finished before `moment` is there.
    func judgeCopies(_ run: WriterRun, before moment: UInt64 = .max) throws -> [String] {
        defer { try? FileManager.default.removeItem(atPath: plan.copies) }
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: plan.copies)) ?? []
        // Under its temporary name a copy counts for nothing.
        let names = entries.filter { !$0.hasPrefix(".") }
        var violations: [String] = []
        for words in run.otherLines where words.count == 3 && words[0] == "copied" {
            if (UInt64(words[2]) ?? .max) < moment, !names.contains(words[1]) {
                violations.append("the checkpoint at \(words[1]) was finished and is not there")
            }
        }
        for name in names {
            var copy = plan
            copy.store = "\(plan.copies)/\(name)"
            let found = try Verification(copy, errorFile: errorFile + ".copy")
            violations += found.complaints.map { "the checkpoint at \(name): \($0)" }
            let head = found.heads[plan.streams[0]] ?? 0
            if head != UInt64(name) { violations.append("the checkpoint at \(name) holds \(head)") }
        }
        return violations
    }
}
