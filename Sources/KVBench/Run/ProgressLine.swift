/// What is said while a run goes on: a line that is written over, or with `--interval` one after another for a log.
struct ProgressLine {
    /// Whether each stays, with a line break.
    let isLog: Bool
    private let limit: String
    /// How much fits before a terminal breaks the line.
    private let columns: @Sendable () -> Int
    private var lastTime = 0.0
    private var lastOperations = 0
    private var lastWidth = 0

    init(
        duration: Duration?, operations: Int?, isLog: Bool = false,
        columns: @escaping @Sendable () -> Int = { Terminal.columns }
    ) {
        let time = duration.map { "\(NumberText.short($0.inSeconds)) s" }
        let count = operations.map { "\(NumberText.grouped($0)) operations" }
        limit = [time, count].compactMap { $0 }.joined(separator: " or ")
        self.isLog = isLog
        self.columns = columns
    }

    /// The line at `seconds` from the start, with the rate and the latencies since the last line.
    mutating func text(seconds: Double, operations: Int, latencies: LatencyHistogram) -> String {
        let rate = Double(operations - lastOperations) / max(seconds - lastTime, 1e-9)
        lastTime = seconds
        lastOperations = operations
        var parts = ["\(NumberText.short(seconds)) s", " of \(limit)", "   \(NumberText.grouped(rate)) operations/s"]
        if latencies.count > 0 {
            func figure(_ name: String, _ percent: Double) -> String {
                "\(name) \(NumberText.short(latencies.microseconds(percentile: percent)))"
            }
            parts.append("   " + figure("p99", 99) + " us")
            if isLog { parts.append(", \(figure("longest", 100)) us") }
        }
        guard !isLog else { return parts.joined() + "\n" }
        return overwriting(fitting(parts))
    }

    /// What takes the last line away, and leaves the cursor where it began.
    mutating func cleared() -> String {
        isLog || lastWidth == 0 ? "" : overwriting("") + "\r"
    }

    /// A line that is broken could not be written over: what does not fit is left out, how far it is first of all.
    private func fitting(_ parts: [String]) -> String {
        let room = columns() - 1
        let shorter = [parts, Array(parts.prefix(1) + parts.dropFirst(2)), Array(parts.prefix(1) + parts[2...2])]
        return shorter.map { $0.joined() }.first { $0.count <= room } ?? String(parts.joined().prefix(max(0, room)))
    }

    /// Over the last line, with blanks where that was longer: no terminal needs to know more than a carriage return.
    private mutating func overwriting(_ line: String) -> String {
        let padding = String(repeating: " ", count: max(0, lastWidth - line.count))
        lastWidth = line.count
        return "\r" + line + padding
    }
}
