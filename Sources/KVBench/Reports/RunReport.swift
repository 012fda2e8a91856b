/// What a run ends with: the document, and what only a person wants to read.
public struct RunReport: Sendable {
    /// The measured figures.
    public let document: ResultDocument
    /// What was loaded, in a line.
    let shape: String
    /// What the workload was expected to reach.
    let expectations: [ExpectedRate]
    /// The first errors that differ, in words.
    public let errors: [String]
    /// Whether so much went wrong that the run was ended early.
    let endedForErrors: Bool
    /// Where the data stays, or `nil` when it is removed.
    let keptData: String?

    /// The exit status of the tool: 1 when anything went wrong during the run.
    public var exitStatus: Int32 { document.errors == 0 ? 0 : 1 }

    /// The table for the terminal, ended by a line break.
    public var table: String {
        var lines = [
            "\(document.workload) on \(document.engine) (\(document.environment.engineVersion),"
                + " \(document.environment.engineBuild)), tuning \(document.tuning), durability \(document.durability)",
            "\(document.workers) worker\(document.workers == 1 ? "" : "s") for \(document.seconds) s: \(shape)",
        ]
        if let rate = document.rate {
            lines.append(
                "paced at \(NumberText.grouped(rate)) operations/s; latencies count from when an operation was due")
        }
        lines += [""] + operationLines
        lines += [
            "",
            "latencies in microseconds; CPU \(document.cpuMicrosecondsPerOperation) us an operation;"
                + " peak memory \(NumberText.bytes(document.peakResidentBytes));"
                + " disk \(NumberText.bytes(document.diskBytes));"
                + " a synced write here \(NumberText.short(document.environment.syncMicroseconds)) us",
        ]
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

    private var operationLines: [String] {
        var table = TextTable()
        table.add(["", "count", "per second", "p50", "p90", "p99", "p99.9", "max", "mean"])
        for (name, kind, count, rate) in [
            ("writes", OperationKind.write, document.writes, document.writesPerSecond),
            ("reads", .read, document.reads, document.readsPerSecond),
        ] where count > 0 {
            let latency = document.latencyMicroseconds[kind.name]
            table.add(
                [name, NumberText.grouped(count), NumberText.grouped(rate)]
                    + [\LatencySummary.p50, \.p90, \.p99, \.p999, \.max, \.mean].map { figure in
                        latency.map { NumberText.short($0[keyPath: figure]) } ?? ""
                    })
        }
        table.add([
            "operations", NumberText.grouped(document.writes + document.reads),
            NumberText.grouped(document.operationsPerSecond),
        ])
        return table.lines
    }

    private var expectationLines: [String] {
        var table = TextTable()
        table.add(["expected of the documented tuning", "", "measured", ""])
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
        var lines = ["errors: \(NumberText.grouped(document.errors))" + (endedForErrors ? ", ended early" : "")]
        lines += errors.map { "  \($0)" }
        if document.errors > errors.count, !errors.isEmpty {
            lines.append("  ...")
        }
        return lines
    }
}
