/// What a ramp measured: the JSON document of `kvbench run --ramp --json`, described by `docs/kvbench-ramp.schema.json`.
public struct RampDocument: Codable, Sendable, Equatable {
    /// The version of the layout that this document has, which is that of the results in it.
    public var schema = ResultDocument.currentSchema
    /// Always `ramp`.
    public var kind = "ramp"
    /// When it began: the date and the time in UTC.
    public var started: String
    /// What ended it before its last step, as in a result. Only steps that were complete are in it.
    @OrNull public var cutShort: String? = nil
    /// What was raised.
    public var axis: RampSteps.Axis
    /// How the knee was found; `null` for keys, which have none.
    @OrNull public var rule: String? = nil
    /// The value of `axis` at the knee; `null` when no step is it.
    @OrNull public var knee: Int? = nil
    /// What each step reached, from the lowest to the highest.
    public var steps: [RampStepDocument]

    enum CodingKeys: String, CodingKey {
        case schema, kind, started, axis, rule, knee, steps
        case cutShort = "cut_short"
    }

    init(_ steps: RampSteps, _ results: [ResultDocument], started: String, cutShort: String?) {
        self.started = started
        self.cutShort = cutShort
        axis = steps.axis
        rule = steps.axis.rule
        self.steps = zip(steps.values, results).map { RampStepDocument(value: $0, result: $1) }
        knee = steps.axis.knee(of: self.steps)
    }

    /// The exit status of the tool: 1 when anything went wrong during a step.
    public var exitStatus: Int32 { steps.contains { $0.result.errors > 0 } ? 1 : 0 }

    /// The table for the terminal, ended by a line break.
    public var table: String {
        var lines: [String] = []
        if let first = steps.first?.result {
            lines += TextWrapping.lines(
                "\(first.workload) on \(first.engine) (\(first.environment.engineVersion),"
                    + " \(first.environment.engineBuild)), tuning \(first.tuning), durability \(first.durability)")
            lines.append("")
        }
        var table = TextTable()
        table.add([axis.rawValue, "operations/s", "p50, us", "p99, us", "CPU, us", ""])
        for step in steps {
            table.add([
                NumberText.grouped(step.value), NumberText.grouped(step.result.operationsPerSecond),
                step.p50.map { NumberText.short($0) } ?? "", step.p99.map { NumberText.short($0) } ?? "",
                step.result.cpuMicrosecondsPerOperation.map { NumberText.short($0) } ?? "",
                step.value == knee ? "<- knee" : "",
            ])
        }
        lines += table.lines + [""]
        if let rule { lines += TextWrapping.lines("The knee is \(rule)" + (knee == nil ? "; no step is it." : ".")) }
        if let cutShort { lines += TextWrapping.lines("CUT SHORT by \(cutShort): only whole steps are shown") }
        for step in steps where step.result.errors > 0 {
            lines += TextWrapping.lines("at \(axis.rawValue) \(step.value): \(step.result.errors) errors")
            lines += (step.result.failures ?? []).map { "  \($0)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// One step of a ramp.
public struct RampStepDocument: Codable, Sendable, Equatable {
    /// How many workers, or operations a second.
    public var value: Int
    /// What was measured.
    public var result: ResultDocument

    /// The median of the slower kind of operation.
    var p50: Double? { result.latencyMicroseconds.values.map(\.p50).max() }
    /// What 99 of 100 of the slower kind do not exceed.
    var p99: Double? { result.latencyMicroseconds.values.map(\.p99).max() }
}

extension RampSteps.Axis {
    private static let share = 0.9
    private static let kept = 0.95
    private static let slowdown = 10.0

    /// Which step is the knee, in words; `nil` when none can be.
    var rule: String? {
        switch self {
        case .workers: "the least number of workers that reaches 90% of the highest rate"
        case .rate:
            "the highest rate that was kept to 95%, with a p99 at most ten times that of the lowest rate, and all below it too"
        case .keys: nil
        }
    }

    /// The value at the knee.
    func knee(of steps: [RampStepDocument]) -> Int? {
        switch self {
        case .workers:
            let best = steps.map(\.result.operationsPerSecond).max() ?? 0
            return steps.first {
                $0.result.operationsPerSecond > 0 && $0.result.operationsPerSecond >= Self.share * best
            }?
            .value
        case .keys: return nil
        case .rate:
            let lowest = steps.first?.p99
            let isKept = { (step: RampStepDocument) -> Bool in
                guard step.result.operationsPerSecond >= Self.kept * Double(step.value) else { return false }
                guard let p99 = step.p99, let lowest else { return true }
                return p99 <= Self.slowdown * lowest
            }
            return steps.prefix(while: isKept).last?.value
        }
    }
}
