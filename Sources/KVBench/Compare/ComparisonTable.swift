extension ComparisonDocument {
    /// The tables for the terminal, ended by a line break.
    public var table: String {
        guard let first = contestants.first?.runs.first else {
            return (["no round is complete"] + unfinishedLines).joined(separator: "\n") + "\n"
        }
        var lines = head(first)
        let rates: [(title: String, figure: String, isShown: Bool)] = [
            ("writes/s", "writes_per_second", true), ("reads/s", "reads_per_second", true),
            ("up to the same work, operations/s", ComparedFigure.sameWork, true),
        ]
        for rate in rates {
            if let table = ratioTable(rate.title, rate.figure) { lines += [""] + table }
        }
        for kind in OperationKind.allCases {
            if let table = latencyTable(kind) { lines += [""] + table }
        }
        lines += [""] + costTable + [""] + lossTable
        let document = DocumentComparison(comparison: self).lines
        if !document.isEmpty { lines += [""] + document }
        let remarks = hostRemarks
        if !remarks.isEmpty { lines += [""] + TextWrapping.lines(remarks) }
        if unfinished != nil { lines += [""] + unfinishedLines }
        return (lines + [""] + errorLines).joined(separator: "\n") + "\n"
    }

    /// What there is of a round that was cut short.
    private var unfinishedLines: [String] {
        var table = TextTable()
        table.add(["of the round that was cut short", "operations/s", "seconds"])
        for result in unfinished ?? [] {
            table.add([
                result.engine + (result.cutShort == nil ? "" : ", cut short"),
                NumberText.grouped(result.operationsPerSecond),
                NumberText.plain(result.seconds),
            ])
        }
        return unfinished == nil ? [] : table.lines
    }

    private func head(_ first: ResultDocument) -> [String] {
        var text = "\(first.workload), \(rounds) round\(rounds == 1 ? "" : "s")"
        if let seconds = first.work?.seconds { text += " of \(NumberText.plain(seconds)) s" }
        if let operations = first.work?.operations { text += ", \(NumberText.grouped(operations)) operations each" }
        text += ", \(first.workers) worker\(first.workers == 1 ? "" : "s")"
        if let work = first.work {
            let parts = [
                work.keys.map { "\(NumberText.grouped($0)) keys" },
                work.keySize.map { "of \($0) bytes" },
                work.valueSize.map { "values of \(NumberText.grouped($0)) bytes" },
                work.batch.map { "\(NumberText.grouped($0)) entries an operation" }, work.distribution,
                "\(work.namespaces) namespace\(work.namespaces == 1 ? "" : "s")", "seed \(work.seed)",
                work.rate.map { "paced at \(NumberText.grouped($0)) operations/s" },
            ]
            text += "; " + parts.compactMap { $0 }.joined(separator: ", ")
        }
        var lines = TextWrapping.lines(text)
        if let cutShort { lines.append("CUT SHORT by \(cutShort): only whole rounds count") }
        return lines
    }

    /// The medians with how far the rounds are from them, and the ratios to the first.
    private func ratioTable(_ title: String, _ name: String) -> [String]? {
        guard contestants.contains(where: { $0.figures[name] != nil }) else { return nil }
        var table = TextTable()
        table.add(["", "median", "rounds", "ratio", "rounds"])
        for contestant in contestants {
            guard let figure = contestant.figures[name] else { continue }
            var cells = [contestant.name, NumberText.grouped(figure.median), figure.spread]
            if let ratio = figure.ratio, let least = figure.ratios.min(), let most = figure.ratios.max() {
                cells += [Self.ratio(ratio), least == most ? "" : "\(Self.ratio(least)) to \(Self.ratio(most))"]
            }
            table.add(cells)
        }
        return [title] + table.lines
    }

    private func latencyTable(_ kind: OperationKind) -> [String]? {
        let figures = ["p50", "p99", "p999", "p9999"].map { "latency_us.\(kind.name).\($0)" }
        guard contestants.contains(where: { $0.figures[figures[0]] != nil }) else { return nil }
        var table = TextTable()
        table.add(["us a \(kind.name), medians", "p50", "p99", "p99.9", "p99.99"])
        for contestant in contestants {
            table.add(
                [contestant.name]
                    + figures.map { name in contestant.figures[name].map { NumberText.short($0.median) } ?? "" })
        }
        return table.lines
    }

    private var costTable: [String] {
        var table = TextTable()
        table.add(["medians", "CPU us/operation", "memory", "disk"])
        for contestant in contestants {
            let cpu = contestant.figures["cpu_us_per_operation"].map { NumberText.short($0.median) }
            let sizes = ["peak_rss_bytes", "disk_bytes"].map { name in
                contestant.figures[name].map { NumberText.bytes(Int($0.median)) } ?? ""
            }
            table.add([contestant.name, cpu ?? ""] + sizes)
        }
        return table.lines
    }

    private var lossTable: [String] {
        var table = TextTable(alignment: .left)
        table.add(["lost", "", "when killed", "when the power goes"])
        for contestant in contestants {
            guard let run = contestant.runs.first else { continue }
            table.add([contestant.name, run.durability, run.losses?.kill ?? "", run.losses?.powerCut ?? ""])
        }
        return table.lines
    }

    /// What the figures may owe to the machine.
    private var hostRemarks: String {
        let hosts = contestants.flatMap(\.runs).compactMap(\.host)
        var remarks: [String] = []
        if let steal = hosts.compactMap(\.stealPercent).max(), steal >= 1 {
            remarks.append("the host took up to \(steal)% of the processors' time")
        }
        if let others = hosts.compactMap(\.otherCPUs).max(), others >= 0.1 {
            remarks.append("other processes took up to \(others) CPUs")
        }
        return remarks.joined(separator: "; ")
    }

    private var errorLines: [String] {
        var lines: [String] = []
        for contestant in contestants {
            let errors = contestant.runs.reduce(0) { $0 + $1.errors }
            guard errors > 0 else { continue }
            lines.append("errors of \(contestant.name): \(NumberText.grouped(errors))")
            var shown: Set<String> = []
            for failure in contestant.runs.flatMap({ $0.failures ?? [] }) where shown.insert(failure).inserted {
                lines.append("  \(failure)")
            }
        }
        return lines.isEmpty ? ["errors: 0"] : lines
    }

    /// Two digits behind the point where there are few before it.
    static func ratio(_ ratio: Double) -> String {
        let places = ratio < 0.1 ? 3 : ratio < 10 ? 2 : ratio < 100 ? 1 : 0
        let text = NumberText.plain(ratio.rounded(toPlaces: places))
        guard places > 0 else { return text }
        let parts = text.split(separator: ".")
        let digits = parts.count > 1 ? String(parts[1]) : ""
        return "\(parts[0])." + digits + String(repeating: "0", count: max(0, places - digits.count))
    }
}

extension FigureDocument {
    /// How far the lowest and the highest round are from the median: `-2% +13%`.
    var spread: String {
        guard median > 0, least < most else { return "" }
        func percent(_ value: Double) -> String { NumberText.grouped((abs(value / median - 1) * 100)) }
        return "-\(percent(least))% +\(percent(most))%"
    }
}
