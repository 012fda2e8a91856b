import FoundationEssentials
import Glibc
import KVStore
import SystemPackage

/// A profile of a process of the user's own, which runs on and is not changed: it is sampled from outside, and its store is
/// read as it is on disk.
public struct AttachedProfile: Sendable {
    private let target: AttachTarget
    private let seconds: Int
    private let options: ProfileOptions

    /// - Parameters:
    ///   - target: the number of a process, or the folder of a store.
    ///   - options: how long, and where the folder is made.
    /// - Throws: `UsageError` when there is nothing to attach to.
    public init(_ target: String, _ options: ProfileOptions) throws(UsageError) {
        self.target = try AttachTarget(target)
        guard let wanted = options.wholeSeconds(1...3600, default: 10) else {
            throw UsageError("--duration is from 1 to 3600 whole seconds to attach for; give for example 10s")
        }
        self.options = options
        seconds = options.isQuick ? 1 : wanted
    }

    /// Makes the profile.
    ///
    /// - Parameter say: is told what begins, a line each.
    /// - Returns: Whether all of it worked.
    /// - Throws: `UsageError` when there is no place for it, and `Interrupted`; nothing is left then.
    public func run(stop: StopRequest, say: (String) -> Void) throws -> Bool {
        let folder = try ProfileFolder(in: options.parent, needed: 64 << 20)
        do {
            return try run(in: folder, stop, say)
        } catch {
            folder.remove()
            throw error
        }
    }

    private struct Findings {
        var sections: [ProfileSection] = []
        var failures: [String] = []
    }

    private func run(in folder: ProfileFolder, _ stop: StopRequest, _ say: (String) -> Void) throws -> Bool {
        var steps: [(name: String, seconds: Int, run: (ProfileTools, inout Findings) throws -> Void)] = []
        if let process = target.process {
            steps.append(("\(target.name): CPU and memory", seconds, { try sample(process, $0, &$1) }))
            steps.append(("\(target.name): what it waits for", min(seconds, 3), { try waits(process, $0, &$1) }))
        }
        for store in target.stores {
            steps.append(("the store \(store), as it is on disk", 1, { _, findings in try look(store, &findings) }))
        }
        let progress = ProfileProgress(seconds: steps.map(\.seconds))
        var findings = Findings()
        for (place, step) in steps.enumerated() {
            say(progress.text(place, step.name))
            let runner = StepRunner(stop: stop, tick: progress.tick(place))
            do {
                try runner.checkStop()
                try step.run(ProfileTools(options: options, folder: folder, runner: runner), &findings)
            } catch let interrupted as Interrupted {
                throw interrupted
            } catch {
                findings.failures.append("\(step.name): \(error)")
                say("==> failed: \(step.name): \(error)")
            }
            progress.clear()
        }
        if let signal = stop.signal { throw Interrupted(signal: signal, keptData: nil) }
        if !findings.failures.isEmpty {
            findings.sections.insert(ProfileSection("Failed steps", [.list(findings.failures)]), at: 0)
        }
        let report = ProfileReport(
            title: target.process == nil ? "A store without a process" : target.name,
            subtitle: "Attached for \(seconds) s at \(Date().formatted(.iso8601))", sections: findings.sections)
        try folder.write(report.html, to: "index.html")
        try folder.write(report.markdown, to: "README.md")
        say("==> the report is in \(folder.path)/index.html, in words in \(folder.path)/README.md")
        return findings.failures.isEmpty
    }

    // MARK: The process

    private func sample(_ process: pid_t, _ tools: ProfileTools, _ findings: inout Findings) throws {
        let watcher = ProcessWatcher(process)
        let runner = StepRunner(stop: tools.runner.stop) { passed in
            watcher.look()
            tools.runner.tick?(passed)
        }
        let watching = ProfileTools(options: tools.options, folder: tools.folder, runner: runner)
        watcher.look()
        var profile: CPUProfile
        if let refusal = try Perf.refusal(tools, Perf.sampling(CPUProfile.rate)) {
            profile = CPUProfile(refusal: refusal)
            _ = try runner.run(["sleep", "\(seconds)"], output: nil, errors: "/dev/null", seconds: seconds)
        } else {
            try record(process, Perf.sampling(CPUProfile.rate), seconds, watching)
            defer { tools.folder.remove("perf.data") }
            profile = try CPUProfile.read(tools, tools.folder.file("perf.data"))
        }
        watcher.look()
        findings.sections.append(profile.section(plain: nil))
        findings.sections += watcher.sections
    }

    private func waits(_ process: pid_t, _ tools: ProfileTools, _ findings: inout Findings) throws {
        let (command, refusal) = try Perf.working(tools, Perf.switches)
        guard let command else {
            findings.sections.append(WaitProfile(refusal: refusal).section)
            return
        }
        try record(process, command, min(seconds, 3), tools)
        defer { tools.folder.remove("perf.data") }
        findings.sections.append(try WaitProfile.read(tools, tools.folder.file("perf.data")).section)
    }

    private func record(_ process: pid_t, _ command: [String], _ seconds: Int, _ tools: ProfileTools) throws {
        let arguments =
            command + ["-p", "\(process)", "-o", tools.folder.file("perf.data"), "--", "sleep", "\(seconds)"]
        let log = tools.folder.file("perf.log")
        guard try tools.runner.run(arguments, output: nil, errors: log, seconds: seconds + 5) == 0 else {
            throw StepFailure("perf does not attach: \(tools.lastLine(of: "perf.log"))")
        }
        tools.folder.remove("perf.log")
    }

    // MARK: The store

    private func look(_ path: String, _ findings: inout Findings) throws {
        var configuration = StoreConfiguration()
        configuration.access = .readOnly
        configuration.createIfMissing = false
        let store = try Store.open(at: FilePath(path), configuration: configuration)
        defer { try? store.close() }
        let statistics = try store.namespaceStatistics().sorted { $1.sizeOnDisk < $0.sizeOnDisk }
        var blocks: [ProfileBlock] = [
            .text(
                "Read beside the process, without its lock and without writing anything. What the engine counts in its memory,"
                    + " such as stalls, is the process's own and is not seen from outside."),
            .table(
                "Namespaces, the largest first", headings: ["", "on disk", "entries about"],
                rows: statistics.prefix(20).map {
                    [
                        $0.name, NumberText.bytes($0.sizeOnDisk.bytes),
                        $0.approximateCount.map { NumberText.grouped($0) } ?? "",
                    ]
                }),
        ]
        for namespace in statistics.prefix(5) {
            guard let text = try store.namespace(namespace.name).property("rocksdb.stats") else { continue }
            let levels = EngineText(text).levels
            blocks.append(
                .table(
                    "Levels of \(namespace.name)", headings: ["level", "files", "size", "score"],
                    rows: levels.map {
                        [$0.name, "\($0.files)", NumberText.bytes($0.bytes), NumberText.plain($0.score)]
                    }))
        }
        let inventory = DiskInventory(path)
        let headings = ["", "files", "length", "on disk"]
        blocks.append(.table("By kind of file", headings: headings, rows: inventory.rows(inventory.kinds)))
        findings.sections.append(ProfileSection("Store \(path)", blocks))
    }
}

/// Looks at a process from outside, now and then.
private final class ProcessWatcher: @unchecked Sendable {  // what changes is guarded by the lock
    private struct Look {
        var t: Double
        var residentBytes: Int
        var io: [String: Int]
        var threads: [EngineObservation.ThreadTimes]
    }

    private let process: pid_t
    private let start = MonotonicClock.now()
    private let lock = ThreadLock()
    private var looks: [Look] = []

    init(_ process: pid_t) {
        self.process = process
    }

    func look() {
        let fields = ((try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)) ?? "").split(
            separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return }
        let look = Look(
            t: (Double(MonotonicClock.now() - start) / 1e9).rounded(toPlaces: 2),
            residentBytes: pages * sysconf(Int32(_SC_PAGESIZE)), io: ProcessIO.read("\(process)"),
            threads: ProcessThreads.read("\(process)"))
        lock.withLock { looks.append(look) }
    }

    var sections: [ProfileSection] {
        let looks: [Look] = lock.withLock { self.looks }
        guard let first = looks.first, let last = looks.last else {
            return [ProfileSection("Memory", [.text("The process has ended.")])]
        }
        let line = LineChart.Line(name: "resident", points: looks.map { ($0.t, Double($0.residentBytes)) })
        var sections = [
            ProfileSection(
                "Memory",
                [
                    .chart(
                        LineChart(
                            "Resident memory", "The process's memory.", x: ("seconds", .linear), y: ("bytes", .bytes),
                            [line],
                            xText: { NumberText.plain($0.rounded(toPlaces: 1)) }, yText: { NumberText.bytes(Int($0)) }))
                ])
        ]
        let io = last.io.keys.sorted().map { name in
            [name, NumberText.grouped((last.io[name] ?? 0) - (first.io[name] ?? 0))]
        }
        if !io.isEmpty {
            sections.append(
                ProfileSection(
                    "Reading and writing", [.table("/proc/PID/io, meanwhile", headings: ["", "number"], rows: io)]))
        }
        let before = Dictionary(first.threads.map { ($0.name, $0) }, uniquingKeysWith: { one, _ in one })
        let rows = last.threads.prefix(20).map { thread in
            let earlier = before[thread.name]
            return [
                thread.name, "\((thread.userSeconds - (earlier?.userSeconds ?? 0)).rounded(toPlaces: 2)) s",
                "\((thread.systemSeconds - (earlier?.systemSeconds ?? 0)).rounded(toPlaces: 2)) s",
                NumberText.grouped(thread.waits - (earlier?.waits ?? 0)),
                NumberText.grouped(thread.preemptions - (earlier?.preemptions ?? 0)),
            ]
        }
        sections.append(
            ProfileSection(
                "Threads",
                [
                    .table(
                        "Threads, meanwhile", headings: ["", "own code", "kernel", "waits", "pushed aside"],
                        rows: Array(rows))
                ]))
        return sections
    }
}
