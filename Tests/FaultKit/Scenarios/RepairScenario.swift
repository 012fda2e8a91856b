internal import Foundation

/// Damages a namespace that was filled by puts and loads in turns, and repairs it: what the report says is so.
package final class RepairScenario: FaultScenario {
    package static let name = "repairs"
    private let folder: WorkFolder
    private var base: String?
    private var turn = 0

    package init(only: String?) throws { folder = try WorkFolder("repairs") }

    package func round(_ random: inout SeededRandom) throws -> RoundOutcome {
        var outcome = RoundOutcome("repairs of puts and loads")
        if base == nil || turn % 20 == 19 {
            if let base { try? FileManager.default.removeItem(atPath: base) }
            let store = folder.fresh("base")
            try outcome.run(LoadedCommand.arguments(store: store, seed: random.next()), in: folder)
            base = store
        }
        turn += 1
        guard let base else { return outcome }
        let (copy, target) = (folder.fresh("damaged"), folder.fresh("repaired"))
        defer { for path in [copy, target] { try? FileManager.default.removeItem(atPath: path) } }
        try FileManager.default.copyItem(atPath: base, toPath: copy)
        let database = "\(copy)/namespaces/1"
        let files = try FileManager.default.contentsOfDirectory(atPath: database)
        func any(_ pattern: String) -> String? {
            files.filter { FileKind.pattern($0) == pattern }.sorted().randomElement(using: &random)
        }
        let kind = ["*.log", "*.log", "*.sst", "MANIFEST-*", "CURRENT"].randomElement(using: &random) ?? "*.log"
        let damage = Damage.allCases.randomElement(using: &random) ?? .bit
        guard let file = any(kind), let what = try damage.happen(to: "\(database)/\(file)", &random) else {
            return outcome
        }
        outcome.detail = "\(file) \(what)"
        let run = try outcome.run(LoadedCommand.repairArguments(store: copy, target: target), in: folder)
        for words in run.otherLines where words.count == 4 && words[0] == "repaired" {
            outcome.commits = LoadedCommand.count
            outcome.counts[words[1]] = 1
            let isAll = words[2] == "\(LoadedCommand.count)"
            switch words[1] {
            // What was written last may be what was damaged, which a log ends before.
            case "intact", "complete": if !isAll { outcome.violations.append("\(words[1]), but \(words[2]) are there") }
            case "shortened":
                if words[3] != "true" { outcome.violations.append("shortened, but not a prefix is there") }
            default: break
            }
        }
        if !outcome.violations.isEmpty { outcome.violations.append("the damage: \(outcome.detail)") }
        return outcome
    }
}
