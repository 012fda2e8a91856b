import KVStore

/// What can be run, as `kvbench list --json` and `--csv` have it.
public struct CatalogDocument: Encodable, Sendable {
    /// A workload.
    struct Workload: Encodable, Sendable {
        let name: String
        let summary: String
        /// Which of the options that only some take it takes.
        let options: [String]
    }

    /// An engine.
    struct Engine: Encodable, Sendable {
        let name: String
        let summary: String
        /// What there is to install first; `null` when it can be run.
        @OrNull var missing: String?
        let tunings: [String]
        /// What it loses, by its durabilities.
        let durabilities: [String: LossesDocument]
    }

    /// A tuning.
    struct Tuning: Encodable, Sendable {
        let name: String
        let summary: String
    }

    let workloads: [Workload]
    let engines: [Engine]
    let tunings: [Tuning]

    /// That of this build, on this machine.
    public init() {
        workloads = WorkloadCatalog.entries.map { entry in
            Workload(name: entry.name, summary: entry.summary, options: entry.options.map(\.rawValue).sorted())
        }
        engines = EngineCatalog.entries.map { entry in
            var durabilities: [String: LossesDocument] = [:]
            for durability in Durability.allCases {
                durabilities[durability.rawValue] = entry.losses(durability, nil).map { LossesDocument($0) }
            }
            return Engine(
                name: entry.name, summary: entry.summary, missing: entry.missing,
                tunings: entry.tunings.map(\.rawValue),
                durabilities: durabilities)
        }
        tunings = TuningChoice.allCases.map { Tuning(name: $0.rawValue, summary: $0.summary) }
    }

    /// A line each, for a spreadsheet.
    public var csv: String {
        let rows =
            workloads.map { ["workload", $0.name, $0.summary, ""] }
            + engines.map { ["engine", $0.name, $0.summary, $0.missing ?? ""] }
            + tunings.map { ["tuning", $0.name, $0.summary, ""] }
        return CSVText.lines([["kind", "name", "summary", "missing"]] + rows)
    }
}

extension EngineEntry {
    /// What there is to install; `nil` for nothing.
    var missing: String? {
        do throws(UsageError) {
            try check(.own)
            return nil
        } catch {
            return error.message
        }
    }
}
