import FoundationEssentials

/// Two results of the same work beside one another, and what is different about them.
public struct ResultDifference: Sendable {
    private let first: ResultDocument
    private let second: ResultDocument

    /// Reads two results and looks whether they can be compared.
    ///
    /// - Throws: `UsageError` for a file that cannot be read, or is no result, and for two that are not of the same work.
    public init(_ firstFile: String, _ secondFile: String) throws(UsageError) {
        try self.init(Self.read(firstFile), Self.read(secondFile))
    }

    init(_ first: ResultDocument, _ second: ResultDocument) throws(UsageError) {
        self.first = first
        self.second = second
        let differences = try Self.differencesOfWork(first, second)
        guard differences.isEmpty else {
            throw UsageError(
                "these are not results of the same work: \(differences.joined(separator: "; ")). Run both with the same"
                    + " options")
        }
        for (name, result) in [("first", first), ("second", second)] {
            if let cutShort = result.cutShort {
                throw UsageError("the \(name) result is of a run that was cut short by \(cutShort); run it to its end")
            }
        }
    }

    private static func read(_ file: String) throws(UsageError) -> ResultDocument {
        guard let bytes = try? Data(contentsOf: URL(filePath: file)) else {
            throw UsageError("'\(file)' cannot be read; name a file that kvbench run --json wrote")
        }
        guard let document = try? JSONDecoder().decode(ResultDocument.self, from: bytes) else {
            throw UsageError("'\(file)' is no result of kvbench run --json")
        }
        return document
    }

    private static func differencesOfWork(
        _ first: ResultDocument, _ second: ResultDocument
    ) throws(UsageError) -> [String] {
        guard let one = first.work, let other = second.work else {
            throw UsageError(
                "a result of this kind does not say what was done: it is of an earlier kvbench; run it again")
        }
        return differences(of: one, other)
    }

    /// The fields that differ, each with both values.
    static func differences(of one: some Encodable, _ other: some Encodable) -> [String] {
        let (one, other) = (fields(of: one), fields(of: other))
        return Set(one.keys).union(other.keys).sorted().compactMap { name in
            let (before, after) = (one[name] ?? "none", other[name] ?? "none")
            return before == after ? nil : "\(name) \(before) and \(after)"
        }
    }

    private static func fields(of document: some Encodable) -> [String: String] {
        guard let bytes = try? JSONEncoder().encode(document),
            let tree = try? JSONDecoder().decode(JSONTree.self, from: bytes)
        else { return [:] }
        return Dictionary(tree.fields.map { ($0.path, $0.value) }) { first, _ in first }
    }

    /// What is different about engine and machine, then the figures, ended by a line break.
    public var table: String {
        let lines =
            TextWrapping.lines("\(first.workload): \(Self.title(first)), then \(Self.title(second))") + [""]
            + differenceLines
            + [""] + figureTable
        return (lines + errorLines).joined(separator: "\n") + "\n"
    }

    private static func title(_ result: ResultDocument) -> String {
        "\(result.engine)" + (result.started.map { " of \($0)" } ?? "")
    }

    private var differenceLines: [String] {
        var parts: [(String, [String])] = []
        var engine = ["engine": first.engine, "tuning": first.tuning, "durability": first.durability]
        var otherEngine = ["engine": second.engine, "tuning": second.tuning, "durability": second.durability]
        for (name, value) in first.engineSettings ?? [:] { engine["setting " + name] = value }
        for (name, value) in second.engineSettings ?? [:] { otherEngine["setting " + name] = value }
        // Of engines that have nothing in common every setting differs.
        if first.engine != second.engine, Set(engine.keys).intersection(otherEngine.keys).count <= 3 {
            for name in ["engine", "tuning", "durability"] where engine[name] == otherEngine[name] {
                engine[name] = nil
            }
            engine = engine.filter { !$0.key.hasPrefix("setting ") }
            otherEngine = otherEngine.filter { engine[$0.key] != nil }
        }
        parts.append(("engine", Self.differences(of: engine, otherEngine)))
        if let one = first.losses, let other = second.losses {
            parts.append(("what is lost", Self.differences(of: one, other)))
        }
        var (one, other) = (first.environment, second.environment)
        // Measured anew each time, so that it always differs.
        (one.syncMicroseconds, other.syncMicroseconds) = (0, 0)
        parts.append(("machine", Self.differences(of: one, other)))
        let lines = parts.flatMap { name, differences in
            differences.flatMap { TextWrapping.lines("\(name): \($0)", indent: 2) }
        }
        return lines.isEmpty ? ["engine and machine are the same"] : ["what differs"] + lines
    }

    private var figureTable: [String] {
        let sameWork = SameWork([[first], [second]])
        var table = TextTable()
        table.add(["", "first", "second", "ratio"])
        func add(_ name: String, _ one: Double?, _ other: Double?, _ text: (Double) -> String = NumberText.short) {
            guard one != nil || other != nil else { return }
            var cells = [name, one.map(text) ?? "", other.map(text) ?? ""]
            if let one, let other, one > 0 { cells.append(ComparisonDocument.ratio(other / one)) }
            table.add(cells)
        }
        add(
            "writes/s", first.writes > 0 ? first.writesPerSecond : nil, second.writes > 0 ? second.writesPerSecond : nil
        )
        add("reads/s", first.reads > 0 ? first.readsPerSecond : nil, second.reads > 0 ? second.readsPerSecond : nil)
        add("to the same work/s", sameWork.rates[0][0], sameWork.rates[1][0])
        for kind in OperationKind.allCases {
            let (one, other) = (first.latencies(kind), second.latencies(kind))
            let figures: [(String, (LatencySummary) -> Double?)] = [
                ("p50", \.p50), ("p99", \.p99), ("p99.9", \.p999), ("p99.99", \.p9999), ("longest", \.max),
            ]
            for (name, figure) in figures {
                add("\(kind.name) \(name), us", one.flatMap(figure), other.flatMap(figure))
            }
        }
        add("CPU us/operation", first.cpuMicrosecondsPerOperation, second.cpuMicrosecondsPerOperation)
        let bytes: (Double) -> String = { NumberText.bytes(Int($0)) }
        add("peak memory", first.peakResidentBytes.map(Double.init), second.peakResidentBytes.map(Double.init), bytes)
        add("disk", first.diskBytes.map(Double.init), second.diskBytes.map(Double.init), bytes)
        add("a synced write, us", first.environment.syncMicroseconds, second.environment.syncMicroseconds)
        add("other CPUs busy", first.host?.otherCPUs, second.host?.otherCPUs) { NumberText.plain($0) }
        add("stolen by the host, %", first.host?.stealPercent, second.host?.stealPercent) { NumberText.plain($0) }
        return table.lines
    }

    private var errorLines: [String] {
        guard first.errors + second.errors > 0 else { return [] }
        return ["", "ERRORS: \(NumberText.grouped(first.errors)) and \(NumberText.grouped(second.errors))"]
    }
}
