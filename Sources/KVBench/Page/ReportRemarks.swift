/// What a reader of results has to know before they are believed.
struct ReportRemarks {
    private let results: [ReportResult]

    init(_ results: [ReportResult]) {
        self.results = results
    }

    /// What of these results is not as it should be, or not comparable.
    var warnings: [String] {
        results.flatMap(Self.warnings) + differences
    }

    private static func warnings(_ result: ReportResult) -> [String] {
        let document = result.document
        var warnings: [String] = []
        func warn(_ text: String) { warnings.append("\(result.name): \(text)") }
        if document.errors > 0 {
            let first = document.failures?.first.map { ", the first: \($0)" } ?? ""
            warn("\(NumberText.grouped(document.errors)) errors\(first)")
        }
        if let cause = document.cutShort {
            warn("cut short by \(cause) after \(NumberText.plain(document.seconds)) s, and not checked as a whole")
        }
        if let steal = document.host?.stealPercent, steal >= 1 {
            warn("a hypervisor took \(NumberText.plain(steal))% of the processors' time")
        }
        if let others = document.host?.otherCPUs, others >= 0.1 {
            warn("other processes took \(NumberText.plain(others)) of \(document.environment.cpus) processors")
        }
        if document.seconds < 5 {
            warn("\(NumberText.plain(document.seconds)) s is short: caches and levels were still filling")
        }
        return warnings
    }

    private var differences: [String] {
        guard let first = results.first else { return [] }
        var warnings: [String] = []
        for other in results.dropFirst() {
            if let one = first.document.work, let two = other.document.work {
                let work = ResultDifference.differences(of: one, two)
                if !work.isEmpty {
                    warnings.append(
                        "\(first.name) and \(other.name) did not do the same: \(work.joined(separator: "; "))")
                }
            }
            if first.document.losses != other.document.losses {
                warnings.append(
                    "\(first.name) and \(other.name) do not lose the same when killed or without power: see below")
            }
        }
        return warnings
    }

    static let explanations = [
        "A latency counts from when an operation was started, or, in a run with a rate, from when it was due. Without a rate a"
            + " worker waits for its own operation: a stall then holds up one operation of each worker, and a percentile hardly"
            + " sees it. The longest does, and so does the rate over time.",
        "Percentiles are of all operations of a run, to a thousandth; none is an average of others. The last one that means"
            + " something leaves ten operations beyond it: of 100,000 operations that is p99.99.",
        "Rates differ from round to round. What counts is a ratio within rounds that took turns, as kvbench compare makes them.",
        "Memory is that of kvbench's process, the engine in it: caches fill until they are full. What the kernel keeps of files"
            + " is not in it, and makes reads of data that fits into memory faster than a disk.",
    ]
}
