/// How many flushes and compactions of a column family there were since it was opened.
struct EngineJobs: Equatable {
    /// Those that wrote files of level 0.
    let flushes: Int
    /// The others.
    let compactions: Int
    /// The time that all of them took.
    let seconds: Double

    /// Reads the engine's table of levels, `rocksdb.cfstats`; nil for what has none.
    ///
    /// ```
    /// Level    Files   Size     Score ... Comp(sec) CompMergeCPU(sec) Comp(cnt) ...
    ///   L0      2/0    1.00 KB   0.5  ...      0.01              0.01         2 ...
    ///  Sum      3/0    2.00 KB   0.0  ...      0.02              0.01         3 ...
    /// ```
    init?(parsing text: String) {
        var columns: [Substring] = []
        var (level0, sum): ([Substring], [Substring]) = ([], [])
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            switch words.first {
            case "Level": columns = words
            case "L0": level0 = words
            case "Sum": sum = words
            default: break
            }
            // A table by priorities follows, with the same columns.
            if !sum.isEmpty { break }
        }
        // A size is two words: its number and its unit.
        func value(_ name: Substring, _ row: [Substring]) -> Double? {
            guard let place = columns.firstIndex(of: name), row.indices.contains(place + 1) else { return nil }
            return Double(row[place + 1])
        }
        guard let all = value("Comp(cnt)", sum), let seconds = value("Comp(sec)", sum) else { return nil }
        let flushes = value("Comp(cnt)", level0) ?? 0
        self.init(flushes: Int(flushes), compactions: Int(max(0, all - flushes)), seconds: seconds)
    }

    init(flushes: Int, compactions: Int, seconds: Double) {
        (self.flushes, self.compactions, self.seconds) = (flushes, compactions, seconds)
    }
}

extension ColumnFamily {
    /// Costs the engine some 100 microseconds.
    var jobs: EngineJobs? { property("rocksdb.cfstats-no-file-histogram").flatMap { EngineJobs(parsing: $0) } }
}
