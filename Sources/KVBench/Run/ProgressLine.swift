/// The line that updates while a run goes on.
struct ProgressLine {
    /// Erases the line and returns to its start.
    static let clear = "\r\u{1B}[K"

    private let limit: String
    private var lastTime = 0.0
    private var lastOperations = 0

    init(duration: Duration?, operations: Int?) {
        let time = duration.map { "\(NumberText.short($0.inSeconds)) s" }
        let count = operations.map { "\(NumberText.grouped($0)) operations" }
        limit = [time, count].compactMap { $0 }.joined(separator: " or ")
    }

    /// The line at `seconds` from the start, with the rate and the latencies since the last line.
    mutating func text(seconds: Double, operations: Int, latencies: LatencyHistogram) -> String {
        let rate = Double(operations - lastOperations) / max(seconds - lastTime, 1e-9)
        lastTime = seconds
        lastOperations = operations
        return Self.clear + "\(NumberText.short(seconds)) s of \(limit)   \(NumberText.grouped(rate)) operations/s"
            + (latencies.count > 0 ? "   p99 \(NumberText.short(latencies.microseconds(percentile: 99))) us" : "")
    }
}
