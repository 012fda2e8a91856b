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
            MixWorkload.entry,
        ] + YCSBPreset.entries

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
    /// Makes an instance for one run; throws `UsageError` for options that do not suit it.
    let make: @Sendable (RunOptions) throws(UsageError) -> any Workload
}

extension WorkloadEntry {
    /// Refuses an option that would change nothing.
    ///
    /// - Throws: `UsageError` that names the workloads which take it.
    func check(_ options: RunOptions) throws(UsageError) {
        for option in WorkloadOption.allCases where option.isGiven(in: options) && !self.options.contains(option) {
            let takers = WorkloadCatalog.entries.filter { $0.options.contains(option) }.map(\.name)
            throw UsageError(
                "'\(name)' takes no \(option.rawValue); omit it, or run one of: \(takers.joined(separator: ", "))")
        }
    }
}
