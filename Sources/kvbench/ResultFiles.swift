import KVBench

/// Where `--json` and `--csv` write to, looked at before the run.
struct ResultFiles {
    let json: ResultFile?
    let csv: ResultFile?

    /// - Throws: `UsageError` for a file that cannot be written, and for two documents on standard output.
    init(json: String?, csv: String?) throws(UsageError) {
        self.json = try Self.file(json, "--json")
        self.csv = try Self.file(csv, "--csv")
        if let path = json, path == csv {
            throw UsageError("--json and --csv name the same file '\(path)'; name another one for one of them")
        }
    }

    private static func file(_ path: String?, _ option: String) throws(UsageError) -> ResultFile? {
        guard let path else { return nil }
        return try ResultFile(path, option: option)
    }

    /// The one that takes standard output for itself, so that what is for people goes to standard error.
    var onStandardOutput: ResultFile? { [json, csv].compactMap { $0 }.first(where: \.isStandardOutput) }
}
