import FoundationEssentials

/// What RocksDB's reports of itself say of writes that it held up. The wording changed with version 8.
enum RocksDBStalls {
    /// The causes by the words that each version has for them.
    private static let causes: [String: String] = [
        "level0_slowdown": "level0_slowdown", "l0-file-count-limit-delays": "level0_slowdown",
        "level0_numfiles": "level0_stop", "l0-file-count-limit-stops": "level0_stop",
        "memtable_slowdown": "memtable_slowdown", "memtable-limit-delays": "memtable_slowdown",
        "memtable_compaction": "memtable_stop", "memtable-limit-stops": "memtable_stop",
        "slowdown for pending_compaction_bytes": "pending_compaction_slowdown",
        "pending-compaction-bytes-delays": "pending_compaction_slowdown",
        "stop for pending_compaction_bytes": "pending_compaction_stop",
        "pending-compaction-bytes-stops": "pending_compaction_stop",
    ]

    /// How often writes were held up, by cause, as the report of a column family has it; `nil` when it does not.
    ///
    /// - Parameter report: with a line `Stalls(count): 3 level0_slowdown, ...`, or
    ///   `Write Stall (count): l0-file-count-limit-delays: 3, ...`.
    static func counts(in report: String) -> [String: Int]? {
        guard let line = line(of: report, beginning: ["Stalls(count): ", "Write Stall (count): "]) else { return nil }
        var counts: [String: Int] = [:]
        for item in line.components(separatedBy: ", ") {
            let isNumberFirst = item.first?.isNumber == true
            let words = isNumberFirst ? item.split(separator: " ", maxSplits: 1) : item.split(separator: ":").reversed()
            guard words.count == 2, let count = Int(words[0].filter { $0 != " " }), let cause = causes[String(words[1])]
            else { continue }
            counts[cause, default: 0] += count
        }
        return counts.isEmpty ? nil : counts
    }

    /// How long writes were held up, as the report of a database has it; `nil` when it does not.
    ///
    /// - Parameter report: with a line `Cumulative stall: 00:00:1.250 H:M:S, 0.1 percent`.
    static func microseconds(in report: String) -> Double? {
        guard let line = line(of: report, beginning: ["Cumulative stall: "]) else { return nil }
        let parts = line.prefix { $0 != " " }.split(separator: ":").compactMap { Double($0) }
        return parts.count == 3 ? ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1e6 : nil
    }

    private static func line(of report: String, beginning beginnings: [String]) -> String? {
        for line in report.split(separator: "\n") {
            for beginning in beginnings where line.hasPrefix(beginning) {
                return String(line.dropFirst(beginning.count))
            }
        }
        return nil
    }
}
