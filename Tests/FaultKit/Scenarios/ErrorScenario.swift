internal import Foundation
internal import Glibc
internal import KVStore

/// Makes system calls of a writer fail: each kind of call, on each kind of file, at any of its places.
///
/// No commit that was acknowledged may be lost, nothing wrong be read, and the writer may neither crash nor hang; when
/// the failures are over, it must get going again.
package final class ErrorScenario: FaultScenario {
    package static let name = "errors"

    /// What the process does whose calls fail.
    private enum Work: CaseIterable {
        case commits, catalog
    }

    /// Calls of one name on one kind of file, and how often an undisturbed run makes them.
    private struct Target {
        let work: Work
        let layout: Store.Layout
        let call: String
        let file: String
        let count: Int
    }

    private let folder: WorkFolder
    private let only: String?
    private var targets: [Target] = []
    private var turn = 0

    package init(only: String?) throws {
        folder = try WorkFolder("errors")
        self.only = only
    }

    package func round(_ random: inout SeededRandom) throws -> RoundOutcome {
        if targets.isEmpty {
            targets = try Store.Layout.allCases.flatMap { layout in
                try Work.allCases.flatMap { try observe($0, layout) }
            }
            .filter { only == nil || "\($0.call)-\($0.file)" == only }
            .shuffled(using: &random)
        }
        let target = targets[turn % targets.count]
        turn += 1
        var outcome = RoundOutcome("error of \(target.call) on \(target.file)")
        let plan = plan(for: target, &random)
        outcome.detail =
            "\(target.layout), call \(plan.nth) of \(target.count), \(plan.times) times, error \(plan.error)"
        try run(target, plan, &random, &outcome)
        return outcome
    }

    /// Runs the work undisturbed and sees which calls it makes.
    private func observe(_ work: Work, _ layout: Store.Layout) throws -> [Target] {
        let path = folder.fresh("store")
        defer { try? FileManager.default.removeItem(atPath: path) }
        var plan = FaultPlan(FaultPlan.allCalls, path: path + "*")
        plan.isTracing = true
        plan.log = folder.fresh("trace")
        let run = try start(work, layout, path, 1, plan).run
        run.listen(until: Clock.after(milliseconds: 60_000))
        if let disorder = run.disorder(run.process.wait(until: Clock.after(milliseconds: 1000))) {
            throw FaultFailure("an undisturbed run failed: \(disorder)")
        }
        var counts: [String: [String: Int]] = [:]
        for call in NotedCall.read(plan.log ?? "") {
            counts[call.call, default: [:]][FileKind.pattern(call.path), default: 0] += 1
        }
        return counts.sorted { $0.key < $1.key }.flatMap { call, files in
            files.sorted { $0.key < $1.key }.map {
                Target(work: work, layout: layout, call: call, file: $0.key, count: $0.value)
            }
        }
    }

    private func plan(for target: Target, _ random: inout SeededRandom) -> FaultPlan {
        var plan = FaultPlan([target.call], path: "*")
        plan.nth = Int.random(in: 1...target.count, using: &random)
        // 0 is an outage that lasts until the driver ends it.
        plan.times = [1, 1, 3, 0].randomElement(using: &random) ?? 1
        let canBeFull = ["write", "fallocate", "open", "mkdir", "fsync", "fdatasync"].contains(target.call)
        plan.error = canBeFull && Bool.random(using: &random) ? ENOSPC : EIO
        plan.isTorn = target.call == "write" && Bool.random(using: &random)
        plan.path = target.file
        return plan
    }

    private func run(
        _ target: Target, _ plan: FaultPlan, _ random: inout SeededRandom, _ outcome: inout RoundOutcome
    ) throws {
        let path = folder.fresh("store")
        defer { try? FileManager.default.removeItem(atPath: path) }
        var plan = plan
        plan.path = FileKind.pattern(plan.path, under: path)
        plan.log = folder.fresh("failed")
        plan.armed = folder.fresh("armed")
        try Data().write(to: URL(fileURLWithPath: plan.armed ?? ""))

        let started = try start(target.work, target.layout, path, random.next() & 0xFFFF, plan)
        let run = started.run
        if plan.times == 0 {
            run.listen(until: Clock.after(milliseconds: 5000)) { !$0.failures.isEmpty }
            run.listen(until: Clock.after(milliseconds: Int.random(in: 0...400, using: &random)))
            unlink(plan.armed ?? "")
        }
        run.listen(until: Clock.after(milliseconds: 60_000))
        let ending = run.process.wait(until: Clock.after(milliseconds: 1000))
        if run.wasEndedByFlush(ending) {
            outcome.counts["ended by the engine's flush"] = 1
        } else if let disorder = run.disorder(ending) {
            outcome.violations.append(disorder)
        }
        outcome.counts["calls failed"] = NotedCall.read(plan.log ?? "").count { $0.hasFailed }
        outcome.counts["errors reported"] = run.failures.count
        judgeCodes(run, plan, &outcome)

        try started.judge(run, &outcome)
        if !outcome.violations.isEmpty { outcome.violations.append(plan.summary) }
    }

    /// An error must say what happened.
    private func judgeCodes(_ run: WriterRun, _ plan: FaultPlan, _ outcome: inout RoundOutcome) {
        for failure in run.failures {
            outcome.counts["." + failure.code, default: 0] += 1
            if !["ioError", "noSpace"].contains(failure.code), !failure.comesOfReopening {
                outcome.violations.append("an unapt error: \(failure.text)")
            }
        }
    }

    /// A process at work, and how to judge what it left.
    private struct Started {
        let run: WriterRun
        let judge: (WriterRun, inout RoundOutcome) throws -> Void
    }

    private func start(
        _ work: Work, _ layout: Store.Layout, _ path: String, _ seed: UInt64, _ plan: FaultPlan
    ) throws -> Started {
        let errorFile = folder.fresh("stderr")
        switch work {
        case .commits:
            let subject = StoreUnderTest(writerPlan(path, layout), errorFile: errorFile)
            return Started(run: try subject.write(seed: seed, environment: plan.environment)) { run, outcome in
                subject.take(run)
                outcome.commits = run.acknowledgements.count
                outcome.violations += run.complaints
                let found = try subject.verify()
                outcome.violations += found.complaints
                outcome.violations += subject.ledger.judgeNothingLost(found.heads)
            }
        case .catalog:
            let subject = CatalogUnderTest(store: path, layout: layout, errorFile: errorFile)
            let run = try subject.churn(seed: seed, steps: 5, environment: plan.environment)
            return Started(run: run) { run, outcome in
                try subject.judge(run, cutAt: nil, mayFail: true, &outcome)
            }
        }
    }

    private func writerPlan(_ path: String, _ layout: Store.Layout) -> WriterPlan {
        var plan = WriterPlan()
        plan.store = path
        plan.layout = layout
        plan.streams = [0, 1, 10, 900]
        plan.commits = .mixed
        plan.shape.window = 20
        plan.memtableKiB = 64
        plan.intervalMilliseconds = 20
        plan.maintenanceEvery = 15
        plan.reopenEvery = 40
        plan.generations = 2
        plan.response = .recover
        return plan
    }
}

/// The kinds of files in a store, as patterns of their names.
enum FileKind {
    private static let patterns = [
        "*.log", "*.sst", "MANIFEST-*", "CURRENT", "*.dbtmp", "OPTIONS-*", "LOG", "LOG.old.*", "LOCK", "IDENTITY",
        "COMMITS", "RANGES", "STORE*",
    ]
    private static let folder = "folder"

    /// The pattern that a file's name matches.
    static func pattern(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        return patterns.first { fnmatch($0, name, 0) == 0 } ?? folder
    }

    /// The pattern of whole paths for a kind of file in a folder.
    static func pattern(_ kind: String, under root: String) -> String {
        kind == folder ? "\(root)?(/metadata|/namespaces|/namespaces/+([0-9]))" : "\(root)*/\(kind)"
    }
}
