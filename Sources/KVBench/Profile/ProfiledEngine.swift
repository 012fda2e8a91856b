import KVStore

/// What the engine and the process did while a load ran.
struct ProfiledEngine: Sendable {
    let seen: EngineObservation
    let document: ResultDocument

    private func counter(_ name: String) -> Double { Double(seen.counters["rocksdb." + name] ?? 0) }
    private var texts: [(name: String, text: EngineText)] {
        seen.databases.map { ($0.name, EngineText($0.statistics)) }
    }

    // MARK: Figures

    /// What the user wrote: the bytes of keys and values.
    var userBytes: Double { Double(document.written?.bytes ?? 0) }
    /// What the engine wrote for it: the log, flushes and compactions.
    var engineBytes: Double { counter("wal.bytes") + counter("flush.write.bytes") + counter("compact.write.bytes") }
    /// How many bytes of table files were written for each byte that was flushed.
    var tableAmplification: Double? {
        let flushed = counter("flush.write.bytes")
        return flushed > 0 ? (flushed + counter("compact.write.bytes")) / flushed : nil
    }
    var cacheHitRate: Double? { Self.rate(counter("block.cache.hit"), counter("block.cache.miss")) }
    /// How many of the lookups in a table file without the key its filter has spared.
    var filterRate: Double? {
        Self.rate(
            counter("bloom.filter.useful"),
            counter("bloom.filter.full.positive") - counter("bloom.filter.full.true.positive"))
    }
    var stallSeconds: Double { counter("stall.micros") / 1e6 }
    var mostLevel0: Int { seen.samples.map(\.level0Files).max() ?? 0 }

    private static func rate(_ yes: Double, _ no: Double) -> Double? { yes + no > 0 ? yes / (yes + no) : nil }
    private static func percent(_ rate: Double) -> String { "\((rate * 100).rounded(toPlaces: 1)) %" }

    // MARK: Engine

    var section: ProfileSection {
        var blocks: [ProfileBlock] = [
            .text(
                "Counted and looked at twice a second during a run of its own of \(document.seconds.rounded(toPlaces: 1)) s;"
                    + " counting takes a few percent of the speed."),
            .list(advice),
            .table("What the engine did", headings: ["", "number"], rows: figures),
        ]
        for (name, text) in texts where !text.levels.isEmpty {
            blocks.append(
                .table(
                    "Levels of \(name)",
                    headings: [
                        "level", "files", "size", "score", "written", "write amplification", "compactions", "seconds",
                    ],
                    rows: text.levels.map {
                        [
                            $0.name, "\($0.files)", NumberText.bytes($0.bytes), NumberText.plain($0.score),
                            "\($0.writtenGigabytes) GB", NumberText.plain($0.writeAmplification), "\($0.compactions)",
                            "\($0.seconds)",
                        ]
                    }))
        }
        let times = timeRows
        if !times.isEmpty {
            blocks.append(
                .table(
                    "How long it took, us", headings: ["", "number", "median", "95 %", "99 %", "longest"], rows: times))
        }
        blocks.append(
            .chart(
                chart(
                    "Level 0 files, and work under way",
                    "Reads look into each file of level 0, and writers wait for many.",
                    .linear,
                    [
                        ("files in level 0", { Double($0.level0Files) }),
                        ("running compactions", { Double($0.runningCompactions) }),
                        ("running flushes", { Double($0.runningFlushes) }),
                    ], { NumberText.plain($0) })))
        let all = seen.counters.filter { $0.value > 0 }.sorted { $0.key < $1.key }
            .map { "\($0.key) \(NumberText.grouped(Int(clamping: $0.value)))" }
        blocks.append(.printed("Every counter that is not 0", all.joined(separator: "\n")))
        for database in seen.databases where !database.statistics.isEmpty {
            blocks.append(.printed("What the engine says of \(database.name)", database.statistics.trimmed))
        }
        return ProfileSection("Engine", blocks)
    }

    private var figures: [[String]] {
        var rows: [[String]] = []
        func add(_ name: String, _ text: String?) { if let text { rows.append([name, text]) } }
        func bytes(_ name: String, _ key: String) { add(name, NumberText.bytes(Int(counter(key)))) }
        add("keys written", NumberText.grouped(counter("number.keys.written")))
        add("written by the user, keys and values", NumberText.bytes(Int(userBytes)))
        bytes("log written", "wal.bytes")
        add("log syncs", NumberText.grouped(counter("wal.synced")))
        add(
            "writes that led a group, and that came with one",
            "\(NumberText.grouped(counter("write.self"))) and \(NumberText.grouped(counter("write.other")))")
        bytes("written by flushes", "flush.write.bytes")
        bytes("written by compactions", "compact.write.bytes")
        bytes("read by compactions", "compact.read.bytes")
        if userBytes > 0 {
            add("written by the engine for each byte of the user", "\((engineBytes / userBytes).rounded(toPlaces: 2))")
            if let written = seen.io["write_bytes"] {
                add(
                    "written to the disk for each byte of the user",
                    "\((Double(written) / userBytes).rounded(toPlaces: 2))")
            }
        }
        add("table bytes written for each flushed", tableAmplification.map { "\($0.rounded(toPlaces: 2))" })
        add("writers held up, all together", "\(stallSeconds.rounded(toPlaces: 3)) s")
        for (name, text) in texts {
            for stall in text.stalls { add("\(name): stalls, \(stall.cause)", NumberText.grouped(stall.count)) }
        }
        add("blocks found in the cache", cacheHitRate.map(Self.percent))
        add("found in a memtable", Self.rate(counter("memtable.hit"), counter("memtable.miss")).map(Self.percent))
        add("filters that spared a read, of keys that are not in a file", filterRate.map(Self.percent))
        return rows
    }

    private static let times = [
        ("a get", "db.get.micros"), ("a write", "db.write.micros"), ("a seek", "db.seek.micros"),
        ("a log sync", "wal.file.sync.micros"), ("a sync of a table file", "table.sync.micros"),
        ("a flush", "db.flush.micros"), ("a flush", "flush.time"), ("a compaction", "compaction.times.micros"),
        ("reading a block", "sst.read.micros"), ("a write held up", "db.write.stall"),
    ]

    private var timeRows: [[String]] {
        Self.times.compactMap { name, key in
            guard let spread = seen.spreads["rocksdb." + key] else { return nil }
            return [name, NumberText.grouped(Int(clamping: spread.count))]
                + [spread.median, spread.p95, spread.p99, spread.longest].map { NumberText.short($0) }
        }
    }

    // MARK: Advice

    /// What the figures suggest, each with the numbers that lead to it.
    var advice: [String] {
        EngineAdvice(
            tuning: document.tuning == TuningChoice.before.rawValue
                ? StoreConfiguration.before.namespaceTuning : .namespace,
            mostLevel0: mostLevel0, stallSeconds: stallSeconds,
            writerSeconds: document.seconds * Double(document.workers),
            mostPending: seen.samples.map(\.pendingCompactionBytes).max() ?? 0,
            tableAmplification: tableAmplification, cacheUsed: seen.samples.map(\.cacheBytes).max() ?? 0,
            cacheCapacity: seen.cacheCapacity ?? 0, cacheHitRate: cacheHitRate, filterRate: filterRate,
            stalls: texts.flatMap(\.text.stalls),
            flushes: Int(
                clamping: seen.spreads["rocksdb.flush.time"]?.count ?? seen.spreads["rocksdb.db.flush.micros"]?.count
                    ?? 0),
            seconds: document.seconds, syncs: counter("wal.synced"),
            syncMicroseconds: document.environment.syncMicroseconds,
            durability: document.durability
        ).all
    }

    // MARK: Memory

    var memorySection: ProfileSection {
        guard let first = seen.samples.first, let last = seen.samples.last else {
            return ProfileSection("Memory", [.text("Nothing was seen.")])
        }
        func most(_ value: (EngineObservation.Sample) -> Int?) -> String {
            seen.samples.compactMap(value).max().map { NumberText.bytes($0) } ?? "not told"
        }
        func row(_ name: String, _ value: @escaping (EngineObservation.Sample) -> Int?) -> [String] {
            [
                name, value(first).map { NumberText.bytes($0) } ?? "not told",
                value(last).map { NumberText.bytes($0) } ?? "not told", most(value),
            ]
        }
        let rows = [
            row("resident", \.residentBytes), row("given out by the allocator", \.heapBytes),
            row("memtables", { $0.memtableBytes }), row("block cache", { $0.cacheBytes }),
            row("of it pinned", { $0.pinnedBytes }), row("table readers", { $0.tableReaderBytes }),
        ]
        let bytes: @Sendable (Double) -> String = { NumberText.bytes(Int($0)) }
        return ProfileSection(
            "Memory",
            [
                .table("Memory", headings: ["", "before", "after", "most"], rows: rows),
                .chart(
                    chart(
                        "Memory over time", "Resident memory and what it is of.", .bytes,
                        [
                            ("resident", { $0.residentBytes.map(Double.init) }),
                            ("given out by the allocator", { $0.heapBytes.map(Double.init) }),
                            ("memtables", { Double($0.memtableBytes) }), ("block cache", { Double($0.cacheBytes) }),
                        ], bytes)),
            ])
    }

    private func chart(
        _ title: String, _ description: String, _ scale: ChartAxis.Scale,
        _ lines: [(name: String, value: (EngineObservation.Sample) -> Double?)],
        _ text: @escaping @Sendable (Double) -> String
    ) -> LineChart {
        LineChart(
            title, description, x: ("seconds", .linear), y: (title, scale),
            lines.map { line in
                LineChart.Line(
                    name: line.name,
                    points: seen.samples.compactMap { sample in line.value(sample).map { (sample.t, $0) } })
            }, xText: { NumberText.plain($0.rounded(toPlaces: 1)) }, yText: text)
    }
}
