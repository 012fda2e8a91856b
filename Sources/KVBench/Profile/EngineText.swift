/// What the engine's own text about a database says: `rocksdb.stats`.
struct EngineText: Sendable {
    /// A level of the tree.
    struct Level: Sendable, Equatable {
        var name: String
        var files: Int
        var bytes: Int
        /// How much it is due to be compacted; from 1 on it is.
        var score: Double
        var writtenGigabytes: Double
        var writeAmplification: Double
        var compactions: Int
        var seconds: Double
    }

    /// The levels that there are, and their sum.
    private(set) var levels: [Level] = []
    /// How often writers were slowed down or stopped, by what for.
    private(set) var stalls: [(cause: String, count: Int)] = []
    /// The writers' time that stalls took, in seconds, and its share of the time in percent.
    private(set) var stallSeconds = 0.0
    private(set) var stallPercent = 0.0
    /// Writes of one commit group, on average.
    private(set) var writesPerGroup: Double?

    init(_ text: String) {
        let lines = text.split(separator: "\n")
        var columns: [Substring] = []
        for line in lines {
            if line.hasPrefix("Level ") {
                columns = line.split(separator: " ")
            } else if line.hasPrefix("Priority ") {
                columns = []
            } else if let level = Self.level(line, columns) {
                levels.append(level)
            } else if let causes = line.after("Stalls(count): ") ?? line.after("Write Stall (count): ") {
                stalls = Self.stalls(causes)
            } else if let stall = line.after("Cumulative stall: ") {
                (stallSeconds, stallPercent) = Self.time(stall)
            } else if line.hasPrefix("Cumulative writes: "), let end = line[...].range(of: " writes per commit group") {
                writesPerGroup = line[..<end.lowerBound].split(separator: " ").last.flatMap { Double($0) }
            }
        }
    }

    /// `  L0      2/0   123.45 MB   0.5      0.0 ...`
    private static func level(_ line: Substring, _ columns: [Substring]) -> Level? {
        var words = line.split(separator: " ")
        guard columns.count > 4, words.count == columns.count + 1,
            words[0] == "Sum" || words[0].hasPrefix("L") && Int(words[0].dropFirst()) != nil
        else { return nil }
        let units: [Substring: Double] = [
            "B": 1, "KB": 1024, "MB": 1_048_576, "GB": 1_073_741_824, "TB": 1_099_511_627_776,
        ]
        let bytes = (Double(words[2]) ?? 0) * (units[words[3]] ?? 1)
        words.remove(at: 3)
        func number(_ column: Substring) -> Double {
            columns.firstIndex(of: column).flatMap { Double(words[$0]) } ?? 0
        }
        return Level(
            name: String(words[0]), files: words[1].split(separator: "/").first.flatMap { Int($0) } ?? 0,
            bytes: Int(bytes), score: number("Score"), writtenGigabytes: number("Write(GB)"),
            writeAmplification: number("W-Amp"), compactions: Int(number("Comp(cnt)")), seconds: number("Comp(sec)"))
    }

    /// `0 level0_slowdown, 3 memtable_compaction, interval 0 total count`, or newer `cf-l0-...: 0, total-stops: 0`.
    private static func stalls(_ text: Substring) -> [(cause: String, count: Int)] {
        text.split(separator: ",").compactMap { part in
            if let colon = part.lastIndex(of: ":") {
                let count = Int(part[part.index(after: colon)...].filter { $0 != " " })
                return count.map { (String(part[..<colon].drop { $0 == " " }), $0) }
            }
            let words = part.split(separator: " ")
            guard words.count >= 2, let count = Int(words[0]) else { return nil }
            return (words.dropFirst().joined(separator: " "), count)
        }.filter { $0.1 > 0 }
    }

    /// `00:00:1.500 H:M:S, 5.0 percent`
    private static func time(_ text: Substring) -> (seconds: Double, percent: Double) {
        let words = text.split(separator: " ")
        let parts = (words.first ?? "").split(separator: ":").compactMap { Double($0) }
        guard parts.count == 3 else { return (0, 0) }
        let percent = words.count > 2 ? Double(words[2]) ?? 0 : 0
        return (parts[0] * 3600 + parts[1] * 60 + parts[2], percent)
    }
}

extension Substring {
    /// What comes behind a text that it begins with.
    func after(_ text: String) -> Substring? { hasPrefix(text) ? dropFirst(text.count) : nil }
}
