extension Tuning {
    /// The tuning as a table: each setting, its value, and the Pebble and RocksDB options behind it.
    public func describe() -> String {
        let rows = [["setting", "value", "Pebble", "RocksDB"]] + settings
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        func line(_ row: [String]) -> String {
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }
            return "| " + cells.joined(separator: " | ") + " |"
        }
        let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|"
        return ([line(rows[0]), rule] + rows.dropFirst().map(line)).joined(separator: "\n")
    }

    private var settings: [[String]] {
        var rows = TuningOption.all.map { [$0.name, $0.text(self), $0.pebble(self), $0.rocksDB(self)] }
        // Pebble's other sync setting, which the documented tuning has at what the engine does anyway.
        let place = rows.firstIndex { $0[0] == "bytesPerSync" } ?? rows.endIndex
        rows.insert(["(fixed)", "0", "WALBytesPerSync", "wal_bytes_per_sync"], at: place)
        return rows
    }
}
