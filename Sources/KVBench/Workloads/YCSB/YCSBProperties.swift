import FoundationEssentials

/// A property file of the Yahoo! Cloud Serving Benchmark, as its own `-P` takes it: `workloads/workloada` and the like.
public struct YCSBProperties: Sendable {
    private var values: [String: String] = [:]
    private let file: String

    /// - Throws: `UsageError` for a file that cannot be read.
    public init(file: String) throws(UsageError) {
        guard let bytes = try? Data(contentsOf: URL(filePath: file)) else {
            throw UsageError("--ycsb '\(file)' cannot be read; name a property file such as YCSB's workloads/workloada")
        }
        self.init(text: String(decoding: bytes, as: UTF8.self), file: file)
    }

    init(text: String, file: String = "file") {
        self.file = file
        for line in Self.lines(of: text) {
            let name = line.prefix { !"=: \t".contains($0) }
            let rest = line.dropFirst(name.count).drop { " \t".contains($0) }
            let value = "=:".contains(rest.first ?? " ") ? rest.dropFirst().drop { " \t".contains($0) } : rest
            values[String(name)] = String(value.reversed().drop { $0.isWhitespace }.reversed())
        }
    }

    /// The lines that say something, those that end in a backslash with the one after them.
    private static func lines(of text: String) -> [String] {
        var lines: [String] = []
        var isContinued = false
        for line in text.split(whereSeparator: \.isNewline) {
            var line = String(line.drop { $0.isWhitespace })
            guard isContinued || !(line.isEmpty || line.hasPrefix("#") || line.hasPrefix("!")) else { continue }
            let continues = line.hasSuffix("\\")
            if continues { line.removeLast() }
            if isContinued { lines[lines.count - 1] += line } else { lines.append(line) }
            isContinued = continues
        }
        return lines
    }

    /// Has a run do what the file says.
    ///
    /// - Returns: The names that have been passed over, since they say nothing to kvbench.
    /// - Throws: `UsageError` for a value that is none, and for what kvbench cannot do.
    public func apply(to options: inout RunOptions) throws(UsageError) -> [String] {
        for (name, only) in Self.fixed {
            guard let value = values[name], !only.contains(value) else { continue }
            throw refusal("\(name)=\(value)", "kvbench has only \(only[0]) there")
        }
        options.workload = MixWorkload.name
        let mix = try mix
        options.mix = mix
        options.keys = try number("recordcount") ?? options.keys
        options.operations = try number("operationcount") ?? options.operations
        options.workers = try number("threadcount") ?? options.workers
        if let target = try number("target", least: 0), target > 0 { options.rate = target }
        if let seconds = try number("maxexecutiontime", least: 0), seconds > 0 { options.duration = .seconds(seconds) }
        options.valueSize = try valueSize
        if mix.has(.scan) { options.scanLength = try number("maxscanlength") ?? 1000 }
        options.distribution = try distribution ?? options.distribution
        let known = Self.proportions.map(\.name) + Self.fixed.map(\.name) + Self.others
        return values.keys.filter { !known.contains($0) }.sorted()
    }

    private var mix: OperationMix {
        get throws(UsageError) {
            var shares: [(OperationMix.Kind, Double)] = []
            for (name, kind, usual) in Self.proportions {
                guard let share = values[name].map({ Double($0) }) ?? usual, (0...1).contains(share) else {
                    throw refusal("\(name)=\(values[name] ?? "")", "give a number from 0 to 1")
                }
                shares.append((kind, share))
            }
            let mix = OperationMix(shares)
            guard !mix.shares.isEmpty else {
                throw refusal("no proportion above 0", "give for example readproportion=1")
            }
            return mix
        }
    }

    private var valueSize: Int {
        get throws(UsageError) {
            let (fields, length) = (try number("fieldcount") ?? 10, try number("fieldlength") ?? 100)
            let (size, isTooLarge) = fields.multipliedReportingOverflow(by: length)
            guard !isTooLarge else { throw refusal("\(fields) fields of \(length) bytes", "no value is that long") }
            return size
        }
    }

    private var distribution: KeyDistribution? {
        get throws(UsageError) {
            guard let name = values["requestdistribution"] else { return nil }
            guard let distribution = KeyDistribution(rawValue: name) else {
                let known = KeyDistribution.allCases.map(\.rawValue).joined(separator: ", ")
                throw refusal("requestdistribution=\(name)", "kvbench has \(known)")
            }
            return distribution
        }
    }

    private func number(_ name: String, least: Int = 1) throws(UsageError) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text), number >= least else {
            throw refusal("\(name)=\(text)", "give a whole number from \(least) on")
        }
        return number
    }

    private func refusal(_ what: String, _ hint: String) -> UsageError {
        UsageError("--ycsb '\(file)' has \(what); \(hint)")
    }

    /// With what YCSB takes where the file says nothing.
    private static let proportions: [(name: String, kind: OperationMix.Kind, usual: Double)] = [
        ("readproportion", .read, 0.95), ("updateproportion", .put, 0.05), ("scanproportion", .scan, 0),
        ("insertproportion", .insert, 0), ("readmodifywriteproportion", .update, 0),
    ]

    private static let others = [
        "recordcount", "operationcount", "threadcount", "target", "maxexecutiontime", "fieldcount", "fieldlength",
        "maxscanlength", "requestdistribution",
    ]

    /// What would change the work if it were another; the first is what YCSB calls what kvbench does.
    private static let fixed: [(name: String, only: [String])] = [
        ("workload", ["site.ycsb.workloads.CoreWorkload", "com.yahoo.ycsb.workloads.CoreWorkload"]),
        ("fieldlengthdistribution", ["constant"]), ("scanlengthdistribution", ["uniform"]), ("minscanlength", ["1"]),
        ("insertstart", ["0"]), ("readallfields", ["true"]),
    ]
}
