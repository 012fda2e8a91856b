/// The workloads that this build knows. A new workload is one file and one line here.
enum WorkloadCatalog {
    static let entries: [WorkloadEntry] = [MessagesWorkload.entry]

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
    /// Makes an instance for one run; throws `UsageError` for options that do not suit it.
    let make: @Sendable (RunOptions) throws(UsageError) -> any Workload
}
