/// The workloads that this build knows. A new workload is one file and one line here.
enum WorkloadCatalog {
    static let entries: [WorkloadEntry] =
        [
            MessagesWorkload.entry,
            FillSequentialWorkload.entry,
            FillRandomWorkload.entry,
            OverwriteWorkload.entry,
            ReadRandomWorkload.entry,
            ReadMissingWorkload.entry,
            ReadHotWorkload.entry,
            SeekRandomWorkload.entry,
            ScanWorkload.entry,
            ReadWhileWritingWorkload.entry,
            DeleteRandomWorkload.entry,
            BatchWriteWorkload.entry,
            MergeWorkload.entry,
            TransferWorkload.entry,
            ExpireWorkload.entry,
            SettleWorkload.entry,
            MixWorkload.entry,
        ] + OpeningWorkload.entries + YCSBPreset.entries

    /// The workload of that name.
    ///
    /// - Throws: `UsageError` that lists the workloads.
    static func entry(named name: String) throws(UsageError) -> WorkloadEntry {
        guard let entry = entries.first(where: { $0.name == name }) else {
            let names = entries.map(\.name).joined(separator: ", ")
            throw UsageError("there is no workload '\(name)'; give one of: \(names)")
        }
        return entry
    }
}

/// One workload as the catalog knows it.
struct WorkloadEntry: Sendable {
    /// What `kvbench run` takes.
    let name: String
    /// One line for `kvbench list`.
    let summary: String
    /// Which of the options that only some workloads take it takes.
    let options: Set<WorkloadOption>
    /// Makes an instance for one run.
    let making: Making

    /// How a workload is made; throws `UsageError` for options that do not suit it.
    enum Making: Sendable {
        /// With data of its own, which no other workload goes on with.
        case alone(@Sendable (RunOptions) throws(UsageError) -> any Workload)
        /// Over a data set, whose values are that large unless the user says otherwise.
        case dataSet(valueSize: Int, @Sendable (DataSet, RunOptions) throws(UsageError) -> any Workload)
    }
}

extension WorkloadEntry {
    /// What is wrong with an option that would change nothing: which workloads take it.
    func refusal(of option: WorkloadOption) -> UsageError {
        let takers = WorkloadCatalog.entries.filter { $0.options.contains(option) }.map(\.name)
        return UsageError(
            "'\(name)' takes no \(option.rawValue); omit it, or run one of: \(takers.joined(separator: ", "))")
    }

    /// The options without those that are for other workloads of a chain.
    func own(_ options: RunOptions) -> RunOptions {
        var own = options
        for option in WorkloadOption.allCases where !self.options.contains(option) { option.remove(from: &own) }
        return own
    }
}
