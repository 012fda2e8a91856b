/// One workload of a run, and what ends it.
struct Stage: Sendable {
    let name: String
    let workload: any Workload
    let limits: RunLimits
    /// Whether its workers are tasks.
    let usesTasks: Bool
    /// What was done to the same data before; `nil` for nothing.
    let after: String?

    /// What the engine has to have.
    var needs: Set<EngineFeature> { workload.needs.union(usesTasks ? [.tasks] : []) }

    private static let most = 100

    /// The workloads that the options name, with commas between them, all over the data set of the first.
    ///
    /// - Throws: `UsageError` for what cannot be run.
    static func chain(_ options: RunOptions) throws(UsageError) -> [Stage] {
        let names = options.workload.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard names.count <= most else {
            throw UsageError("there are \(names.count) workloads to run one after another; give at most \(most)")
        }
        var entries: [WorkloadEntry] = []
        for name in names { entries.append(try WorkloadCatalog.entry(named: name)) }
        try check(entries, options)
        var data: DataSet?
        var stages: [Stage] = []
        for entry in entries {
            let own = entry.own(options)
            let workload: any Workload
            switch entry.making {
            case .alone(let make):
                workload = try make(own)
            case .dataSet(let valueSize, let make):
                if data == nil { data = try DataSet(options, valueSize: valueSize) }
                guard let data else { continue }
                workload = try make(data, own)
            }
            let before = (options.reusesData ? ["an earlier run"] : []) + stages.map(\.name)
            stages.append(
                Stage(
                    name: entry.name, workload: workload,
                    limits: try limits(of: workload, options, isAlone: entries.count == 1), usesTasks: own.usesTasks,
                    after: before.isEmpty ? nil : before.joined(separator: ", ")))
        }
        return stages
    }

    private static func check(_ entries: [WorkloadEntry], _ options: RunOptions) throws(UsageError) {
        for entry in entries where entries.count > 1 || options.reusesData {
            guard case .dataSet = entry.making else {
                throw UsageError(
                    "'\(entry.name)' has data of its own, which it begins with; run it by itself, and without --reuse")
            }
        }
        // Of several workloads one has to take an option.
        let taken = entries.reduce(into: Set<WorkloadOption>()) { $0.formUnion($1.options) }
        for option in WorkloadOption.allCases where option.isGiven(in: options) && !taken.contains(option) {
            throw entries[0].refusal(of: option)
        }
    }

    /// What has an end of its own is done whole in a chain, so that what comes behind it finds all of it.
    private static func limits(
        of workload: any Workload, _ options: RunOptions, isAlone: Bool
    ) throws(UsageError) -> RunLimits {
        guard let total = workload.totalOperations else {
            return RunLimits(
                duration: options.effectiveDuration, operations: options.operations, rate: options.rate)
        }
        guard isAlone else { return RunLimits(operations: total, rate: options.rate) }
        if let operations = options.operations, operations > total {
            throw UsageError(
                "--operations is \(operations), but '\(options.workload)' has \(total) to do; give at most that many,"
                    + " or more --keys")
        }
        return RunLimits(duration: options.duration, operations: options.operations ?? total, rate: options.rate)
    }
}
