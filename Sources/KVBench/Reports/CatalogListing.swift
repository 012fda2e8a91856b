import KVStore

/// What `kvbench list` prints.
public enum CatalogListing {
    /// Workloads, engines and tunings, a line each, and what engines lose.
    public static var text: String {
        let sections: [(title: String, entries: [(name: String, summary: String)])] = [
            ("workloads", WorkloadCatalog.entries.map { ($0.name, $0.summary) }),
            ("operations of a mix (--mix)", OperationMix.Kind.allCases.map { ($0.rawValue, $0.summary) }),
            ("engines (--engine)", EngineCatalog.entries.map { ($0.name, $0.summary + absence(of: $0)) }),
            ("tunings (--tuning)", TuningChoice.allCases.map { ($0.rawValue, $0.summary) }),
            ("fields of a tuning (--set)", TuningSetting.fields),
        ]
        let width = sections.flatMap(\.entries).map(\.name.count).max() ?? 0
        let texts = sections.map { section in
            section.title + "\n"
                + section.entries.map { entry in
                    let padding = String(repeating: " ", count: width - entry.name.count)
                    let lines = TextWrapping.lines(entry.summary, width: TextWrapping.width - width - 4)
                    return "  \(entry.name)\(padding)  "
                        + lines.joined(separator: "\n" + String(repeating: " ", count: width + 4)) + "\n"
                }.joined()
        }
        return (texts + [losses]).joined(separator: "\n")
    }

    private static func absence(of entry: EngineEntry) -> String { entry.missing == nil ? "" : ": not installed" }

    /// What `--engine` takes.
    public static var engineNames: [String] { EngineCatalog.entries.map(\.name) }

    /// What `kvbench run` takes.
    public static var workloadNames: [String] { WorkloadCatalog.entries.map(\.name) }

    /// Which acknowledged commits are gone after what, for every engine and durability.
    private static var losses: String {
        var table = TextTable(alignment: .left)
        table.add(["what is lost", "", "killed", "without power"])
        for entry in EngineCatalog.entries {
            for durability in Durability.allCases {
                guard let losses = entry.losses(durability, nil) else { continue }
                table.add([entry.name, durability.rawValue, losses.kill.text, losses.powerCut.text])
            }
        }
        return table.lines.joined(separator: "\n") + "\n"
    }
}
