internal import Foundation
internal import Glibc
internal import KVStore

/// Damages a file of a store: flips bits, zeroes a sector, cuts the end off, or removes it.
///
/// Every read must give what was written or an error that names the file. Of a damaged log that was not known to be on
/// disk, older data is what the recovery mode states, whole and in order.
package final class RotScenario: FaultScenario {
    package static let name = "rot"

    private let folder: WorkFolder
    private let only: String?
    private var bases: [Base] = []
    private var turn = 0

    /// A store to damage copies of.
    private struct Base {
        let subject: StoreUnderTest
        let heads: [Int: UInt64]
        /// Whether it was closed, and so knows how far it was on disk.
        let wasClosed: Bool
        /// Its files by kind.
        let files: [String: [String]]

        /// Whether a log has a successor in its database.
        func hasNewerLog(than file: String) -> Bool {
            let folder = file.dropLast(file.split(separator: "/").last?.count ?? 0)
            return files["*.log", default: []].contains { $0.hasPrefix(folder) && $0 > file }
        }
    }

    package init(only: String?) throws {
        folder = try WorkFolder("rot")
        self.only = only
    }

    package func round(_ random: inout SeededRandom) throws -> RoundOutcome {
        if bases.isEmpty {
            bases = try Store.Layout.allCases.flatMap { layout in
                [
                    try makeBase(layout, closing: true), try makeBase(layout, closing: false),
                    try makeBase(layout, closing: false, gathering: true),
                ]
            }
        }
        let base = bases[turn % bases.count]
        let kinds = base.files.keys.filter { only == nil || $0 == only }.sorted()
        let kind = kinds[turn / bases.count % kinds.count]
        turn += 1
        guard let file = base.files[kind]?.randomElement(using: &random) else {
            throw FaultFailure("the store has no \(kind)")
        }
        let damage = Damage.allCases.randomElement(using: &random) ?? .bit
        var outcome = RoundOutcome("damaged \(kind)")
        try harm(base, file, damage, &random, &outcome)
        return outcome
    }

    /// Writes a store with table files of several levels and a log, in three databases.
    private func makeBase(_ layout: Store.Layout, closing: Bool, gathering: Bool = false) throws -> Base {
        var plan = WriterPlan()
        plan.store = folder.fresh("base")
        plan.layout = layout
        plan.streams = [0, 1, 10, 900]
        plan.shape.window = 60
        plan.memtableKiB = 64
        plan.maintenanceEvery = 40
        plan.limit = closing ? 150 : 0
        let subject = StoreUnderTest(plan, errorFile: folder.fresh("stderr"))
        let run = try subject.write(seed: gathering ? 3 : 5)
        run.listen(until: Clock.after(milliseconds: 60_000)) { !closing && $0.acknowledgements.count > 600 }
        if closing, let disorder = run.disorder(run.process.wait(until: Clock.after(milliseconds: 5000))) {
            throw FaultFailure("no store to damage: \(disorder)")
        }
        run.kill()
        var heads: [Int: UInt64] = [:]
        if closing {
            for one in run.acknowledgements { heads[one.stream] = one.sequence }
        } else {
            // What the last moment left, as a copy tells.
            let copy = StoreUnderTest(subject.plan, errorFile: subject.errorFile)
            copy.plan.store = folder.fresh("copy")
            try FileManager.default.copyItem(atPath: plan.store, toPath: copy.plan.store)
            heads = try copy.verify().heads
        }
        return Base(subject: subject, heads: heads, wasClosed: closing, files: try files(of: plan.store))
    }

    private func files(of store: String) throws -> [String: [String]] {
        let ignored = ["LOCK", "LOG", "LOG.old.*", "folder"]
        let all = try FileManager.default.subpathsOfDirectory(atPath: store).filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(store)/\(path)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        return Dictionary(grouping: all, by: FileKind.pattern).filter { !ignored.contains($0.key) }
            .mapValues { $0.sorted() }
    }

    private func harm(
        _ base: Base, _ file: String, _ damage: Damage, _ random: inout SeededRandom, _ outcome: inout RoundOutcome
    ) throws {
        var plan = base.subject.plan
        plan.store = folder.fresh("damaged")
        defer { try? FileManager.default.removeItem(atPath: plan.store) }
        try FileManager.default.copyItem(atPath: base.subject.plan.store, toPath: plan.store)
        // Not promised: the engine does not know of a log that is gone while a newer one is there.
        let damage = damage == .loss && base.hasNewerLog(than: file) ? .truncation : damage
        guard let what = try damage.happen(to: "\(plan.store)/\(file)", &random) else { return }
        outcome.detail = "\(file) \(what)"
        // As one that is cut off between two records, of which no promise is made.
        if base.hasNewerLog(than: file), try EngineLog.endsEarly("\(plan.store)/\(file)") {
            outcome.counts["an end between records"] = 1
            return
        }

        let run = try WriterRun(RotCommand.arguments(plan, heads: base.heads), errorFile: folder.fresh("stderr"))
        run.listen(until: Clock.after(milliseconds: 60_000))
        let ending = run.process.wait(until: Clock.after(milliseconds: 1000))
        if let disorder = run.disorder(ending) { outcome.violations.append(disorder) }
        outcome.commits = Int(base.heads.values.reduce(0, +))
        // How much of a manifest is on disk is noted every ten seconds and on closing: not of what came since.
        let isBehindNote = damage == .truncation && !base.wasClosed && file.contains("MANIFEST")
        let isOlder = run.otherLines.contains { $0.first == "older" }
        if isBehindNote, isOlder || !run.complaints.isEmpty {
            outcome.counts["behind the note"] = 1
        } else {
            outcome.violations += run.complaints.prefix(3)
        }
        judge(run, base, file, mayBeOlder: isBehindNote, &outcome)
        if !outcome.violations.isEmpty { outcome.violations.append("the damage: \(file) \(what)") }
    }

    private func judge(
        _ run: WriterRun, _ base: Base, _ file: String, mayBeOlder: Bool, _ outcome: inout RoundOutcome
    ) {
        let refusals = run.otherLines.filter { $0.first == "refused" }.map { $0.dropFirst().joined(separator: " ") }
        let older = run.otherLines.filter { $0.first == "older" }
        let name = file.split(separator: "/").last.map { $0.split(separator: ".")[0] } ?? ""
        outcome.counts["noticed"] = refusals.isEmpty ? 0 : 1
        outcome.counts["older"] = older.isEmpty ? 0 : 1
        if let refusal = refusals.first, !refusals.contains(where: { $0.contains(name) }) {
            outcome.counts["not named"] = 1
            outcome.detail += " | \(refusal)"
        }
        for refusal in refusals where !refusal.hasPrefix("corruption") {
            outcome.counts[refusal.split(separator: " ").first.map(String.init) ?? "", default: 0] += 1
            outcome.detail += " | \(refusal)"
            break
        }
        // A log ends where it is damaged, and so do commits that gathered; only of a store that was closed is it known that
        // there was more.
        let isLog = file.hasSuffix(".log") || file.hasSuffix("COMMITS")
        let mayBeOlder = mayBeOlder || isLog && (!base.wasClosed || file.hasPrefix("metadata"))
        for words in older where !mayBeOlder {
            outcome.violations.append("stream \(words[1]) came back with commit \(words[2]), silently")
        }
    }
}
