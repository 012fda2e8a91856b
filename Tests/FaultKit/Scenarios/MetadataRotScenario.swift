internal import Foundation
internal import KVStore

/// Damages a file of the metadata database, of stores that were closed and of stores whose process was killed. What is
/// read afterwards is all as it was, or an error of damage.
package final class MetadataRotScenario: FaultScenario {
    package static let name = "rot-metadata"
    private let folder: WorkFolder
    private let only: String?
    private var bases: [Base] = []
    private var turn = 0

    private struct Base {
        let store: String
        let seed: UInt64
        let layout: Store.Layout
        let wasClosed: Bool
        let files: [String]
    }

    package init(only: String?) throws {
        folder = try WorkFolder("rot-metadata")
        self.only = only
    }

    package func round(_ random: inout SeededRandom) throws -> RoundOutcome {
        // Others now and then.
        if bases.isEmpty || turn % 100 == 99 { try makeBases(&random) }
        let base = bases[turn % bases.count]
        turn += 1
        var outcome = RoundOutcome("damaged metadata, \(base.wasClosed ? "closed" : "killed")")
        let kinds = Dictionary(grouping: base.files, by: FileKind.pattern).filter { only == nil || $0.key == only }
        // What is written all the time most often.
        let busy = ["*.log", "*.log", "MANIFEST-*"].filter { kinds[$0] != nil }
        let kind = (random.chance(oneIn: 4) ? kinds.keys.sorted() : busy).randomElement(using: &random) ?? ""
        guard let file = kinds[kind]?.sorted().randomElement(using: &random) else { return outcome }
        let damage = Damage.allCases.filter { $0 != .loss }.randomElement(using: &random) ?? .bit
        let copy = folder.fresh("damaged")
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try FileManager.default.copyItem(atPath: base.store, toPath: copy)
        guard let what = try damage.happen(to: "\(copy)/metadata/\(file)", &random) else { return outcome }
        let run = try outcome.run(CatalogScriptCommand.verifyArguments(store: copy, seed: base.seed), in: folder)
        let refusals = run.otherLines.filter { $0.first == "refused" }
        outcome.counts["noticed"] = refusals.isEmpty ? 0 : 1
        outcome.detail = "\(base.layout) \(file) \(what)"
        for refusal in refusals where refusal.count > 1 && refusal[1] != "corruption" {
            outcome.violations.append("refused, but not as damage: \(refusal.dropFirst().joined(separator: " "))")
            break
        }
        if !outcome.violations.isEmpty { outcome.violations.append("the damage: \(outcome.detail)") }
        return outcome
    }

    private func makeBases(_ random: inout SeededRandom) throws {
        for base in bases { try? FileManager.default.removeItem(atPath: base.store) }
        bases = []
        for layout in Store.Layout.allCases {
            for closes in [true, false] {
                let (store, seed) = (folder.fresh("base"), random.next())
                let run = try WriterRun(
                    CatalogScriptCommand.arguments(store: store, layout: layout, seed: seed, closes: closes),
                    errorFile: folder.fresh("stderr"))
                run.listen(until: Clock.after(milliseconds: 60_000)) { $0.isReady }
                run.kill()
                guard run.isReady || run.isDone else {
                    throw FaultFailure("no store to damage: \(run.process.errorText)")
                }
                let all = try FileManager.default.contentsOfDirectory(atPath: store + "/metadata")
                let ignored = ["LOCK", "LOG", "LOG.old.*", "folder", "IDENTITY"]
                bases.append(
                    Base(
                        store: store, seed: seed, layout: layout, wasClosed: closes,
                        files: all.filter { !ignored.contains(FileKind.pattern($0)) }.sorted()))
            }
        }
    }
}
