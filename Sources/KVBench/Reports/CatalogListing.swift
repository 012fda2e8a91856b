/// What `kvbench list` prints.
public enum CatalogListing {
    /// Workloads, engines and tunings, a line each.
    public static var text: String {
        let sections: [(title: String, entries: [(name: String, summary: String)])] = [
            ("workloads", WorkloadCatalog.entries.map { ($0.name, $0.summary) }),
            ("engines (--engine)", EngineCatalog.entries.map { ($0.name, $0.summary) }),
            ("tunings (--tuning)", TuningChoice.allCases.map { ($0.rawValue, $0.summary) }),
        ]
        let width = sections.flatMap(\.entries).map(\.name.count).max() ?? 0
        return sections.map { section in
            section.title + "\n"
                + section.entries.map { entry in
                    let padding = String(repeating: " ", count: width - entry.name.count)
                    return "  \(entry.name)\(padding)  \(entry.summary)\n"
                }.joined()
        }.joined(separator: "\n")
    }
}
