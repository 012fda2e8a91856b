/// What a run ends with: the document, and what only a person wants to read.
public struct RunReport: Sendable {
    /// The measured figures.
    public let document: ResultDocument
    /// What was loaded, in a line.
    let shape: String
    /// What the workload was expected to reach.
    let expectations: [ExpectedRate]
    /// The signal that ended the run before its time, if one did.
    public let signal: Int32?
    /// Where the data stays, or `nil` when it is removed.
    let keptData: String?

    /// The first errors that differ, in words.
    public var errors: [String] { document.failures ?? [] }

    /// The exit status of the tool: that of a process which a signal ended when one did, 1 when anything went wrong during
    /// the run.
    public var exitStatus: Int32 { signal.map { 128 + $0 } ?? (document.errors == 0 ? 0 : 1) }

    /// The table for the terminal, ended by a line break.
    public var table: String {
        var lines = TextWrapping.lines(
            "\(document.workload) on \(document.engine) (\(document.environment.engineVersion),"
                + " \(document.environment.engineBuild)), tuning \(tuning), durability \(document.durability)")
        if let losses = document.losses {
            lines += TextWrapping.lines("lost: by a kill \(losses.kill), by a power cut \(losses.powerCut)")
        }
        lines += TextWrapping.lines(
            "\(document.workers) \(workers)\(document.workers == 1 ? "" : "s") for \(document.seconds) s: \(shape)")
        if let rate = document.rate {
            lines += TextWrapping.lines(
                "paced at \(NumberText.grouped(rate)) operations/s; latencies count from when an operation was due")
        }
        if document.cutShort != nil { lines += TextWrapping.lines(cutShort) }
        lines += [""] + operationLines
        if let conflicts = document.conflicts {
            let share = Double(conflicts) / Double(max(1, document.writes)) * 100
            lines += TextWrapping.lines(
                "conflicts: \(NumberText.grouped(conflicts)), \(NumberText.short(share)) for every 100 transactions")
        }
        lines += [""] + machineLines
        if !expectations.isEmpty {
            lines += [""] + expectationLines
        }
        lines += [""] + errorLines
        if let keptData {
            lines.append("the data stays in \(keptData)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The errors alone, ended by a line break.
    public var errorText: String {
        errorLines.joined(separator: "\n") + "\n"
    }

    /// `documented with memtableSize=64MiB`.
    private var tuning: String {
        let settings = (document.settings ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return document.tuning + (settings.isEmpty ? "" : " with " + settings.joined(separator: " "))
    }

    private var workers: String { document.work?.workersAre == "tasks" ? "task" : "worker" }

    private var cutShort: String {
        "CUT SHORT by \(document.cutShort ?? "") after \(document.seconds) s: what was measured until then, the content not"
            + " checked as a whole"
    }

    private var operationLines: [String] {
        let all = document.writes + document.reads
        var table = TextTable()
        let kinds: [(name: String, count: Int, rate: Double, amount: AmountDocument?, latency: LatencySummary?)] = [
            (
                "writes", document.writes, document.writesPerSecond, document.written,
                document.latencyMicroseconds[OperationKind.write.name]
            ),
            (
                "reads", document.reads, document.readsPerSecond, document.read,
                document.latencyMicroseconds[OperationKind.read.name]
            ),
        ].filter { $0.count > 0 }
        // Of one kind alone the sum says nothing new.
        let hasSum = kinds.count != 1
        table.add([""] + kinds.map(\.name) + (hasSum ? ["operations"] : []))
        table.add(["count"] + kinds.map { NumberText.grouped($0.count) } + (hasSum ? [NumberText.grouped(all)] : []))
        table.add(
            ["per second"] + kinds.map { NumberText.grouped($0.rate) }
                + (hasSum ? [NumberText.grouped(document.operationsPerSecond)] : []))
        table.add(["entries/s"] + kinds.map { $0.amount.map { NumberText.grouped($0.entriesPerSecond) } ?? "" })
        table.add(["MB/s"] + kinds.map { $0.amount.map { NumberText.short($0.megabytesPerSecond) } ?? "" })
        let figures: [(String, (LatencySummary) -> Double?)] = [
            ("p50, us", \.p50), ("p90", \.p90), ("p99", \.p99), ("p99.9", \.p999), ("p99.99", \.p9999),
            ("longest", \.max),
            ("mean", \.mean),
        ]
        for (name, figure) in figures {
            table.add([name] + kinds.map { $0.latency.flatMap(figure).map { NumberText.short($0) } ?? "" })
        }
        return table.lines
    }

    private var machineLines: [String] {
        var parts: [String] = []
        if let cpu = document.cpuMicrosecondsPerOperation { parts.append("CPU \(cpu) us an operation") }
        if let peak = document.peakResidentBytes { parts.append("peak memory \(NumberText.bytes(peak))") }
        if let disk = document.diskBytes { parts.append("disk \(NumberText.bytes(disk))") }
        parts.append("a synced write here \(NumberText.short(document.environment.syncMicroseconds)) us")
        if let others = document.host?.otherCPUs { parts.append("other processes took \(others) CPUs") }
        if let steal = document.host?.stealPercent, steal >= 1 { parts.append("the host took \(steal)% of the time") }
        return TextWrapping.lines(parts.joined(separator: "; "))
    }

    private var expectationLines: [String] {
        var table = TextTable()
        table.add(["expected", "", "measured", ""])
        for expectation in expectations {
            table.add([
                expectation.figure.name, "> \(NumberText.grouped(expectation.threshold))",
                NumberText.grouped(expectation.figure.value(in: document)),
                expectation.isReached(by: document) ? "reached" : "not reached",
            ])
        }
        return table.lines
    }

    private var errorLines: [String] {
        let isEnded = document.cutShort != nil && signal == nil
        var lines = ["errors: \(NumberText.grouped(document.errors))" + (isEnded ? ", ended early" : "")]
        lines += errors.map { "  \($0)" }
        if document.errors > errors.count, !errors.isEmpty {
            lines.append("  ...")
        }
        return lines
    }
}
