import FoundationEssentials

/// A result on a page, with what it is called there.
struct ReportResult {
    var name: String
    let document: ResultDocument
    /// Every field of it as it was written, those included that this version does not know.
    let fields: [(path: String, value: String)]
}

/// The documents that a page is made of.
struct ReportInput {
    private(set) var results: [ReportResult] = []
    private(set) var comparisons: [ComparisonDocument] = []

    /// - Parameter files: the paths of documents that `--json` wrote, in the order in which they are shown.
    /// - Throws: `UsageError` for a file that cannot be read, or is no such document, or of a newer version.
    init(files: [String]) throws(UsageError) {
        guard !files.isEmpty else { throw UsageError("name at least one file that --json wrote") }
        var places: [String] = []
        for file in files {
            let count = results.count
            try add(file)
            let name = String(file.split(separator: "/").last ?? Substring(file))
            places += Array(repeating: name, count: results.count - count)
        }
        nameApart(places)
    }

    private mutating func add(_ file: String) throws(UsageError) {
        guard let bytes = try? Data(contentsOf: URL(filePath: file)) else {
            throw UsageError("'\(file)' cannot be read; name a file that kvbench run or compare --json wrote")
        }
        let decoder = JSONDecoder()
        guard let tree = try? decoder.decode(JSONTree.self, from: bytes) else {
            throw UsageError("'\(file)' is no JSON; name a file that kvbench run or compare --json wrote")
        }
        if case .number(let version) = tree["schema"], version > Double(ResultDocument.currentSchema) {
            throw UsageError(
                "'\(file)' is of a newer kvbench, whose documents have version \(NumberText.plain(version))")
        }
        if tree["kind"] == .text("comparison"), let document = try? decoder.decode(ComparisonDocument.self, from: bytes)
        {
            comparisons.append(document)
            add(document, tree)
        } else if tree["kind"] == .text("chain"), let chain = try? decoder.decode(ChainDocument.self, from: bytes) {
            for (place, result) in chain.results.enumerated() {
                add(result, named: result.workload, tree["results"]?[place])
            }
        } else if tree["kind"] == .text("ramp"), let ramp = try? decoder.decode(RampDocument.self, from: bytes) {
            for (place, step) in ramp.steps.enumerated() {
                add(step.result, named: "\(ramp.axis.rawValue) \(step.value)", tree["steps"]?[place]?["result"])
            }
        } else if let document = try? decoder.decode(ResultDocument.self, from: bytes) {
            results.append(ReportResult(name: document.engine, document: document, fields: tree.fields))
        } else {
            throw UsageError("'\(file)' is no result of kvbench run or compare --json")
        }
    }

    private mutating func add(_ result: ResultDocument, named name: String, _ tree: JSONTree?) {
        results.append(ReportResult(name: name, document: result, fields: tree?.fields ?? []))
    }

    /// Of each contestant the run whose rate is the median, or of two in the middle the slower.
    private mutating func add(_ comparison: ComparisonDocument, _ tree: JSONTree) {
        for (place, contestant) in comparison.contestants.enumerated() {
            let order = contestant.runs.indices.sorted {
                contestant.runs[$0].operationsPerSecond < contestant.runs[$1].operationsPerSecond
            }
            guard !order.isEmpty else { continue }
            let median = order[(order.count - 1) / 2]
            let fields = tree["contestants"]?[place]?["runs"]?[median]?.fields ?? []
            results.append(ReportResult(name: contestant.name, document: contestant.runs[median], fields: fields))
        }
    }

    /// Names results by what tells them apart: the names they have, else the tuning, else the durability, else the file too,
    /// else the file and a number.
    private mutating func nameApart(_ places: [String]) {
        let documents = results.map(\.document)
        let ways: [[String]] = [
            results.map(\.name), documents.map(\.tuning), documents.map(\.durability),
            zip(results, places).map { "\($0.name), \($1)" },
            places.enumerated().map { "\($1) \($0 + 1)" },
        ]
        let apart = ways.first { Set($0).count == results.count } ?? []
        for (index, name) in apart.enumerated() { results[index].name = name }
    }
}
