/// What a machine did that makes figures lower than they would be elsewhere, or less certain.
struct ResultReasons: Sendable {
    let runs: [ResultDocument]
    let documented: ResultDocument?

    /// All that was found, in words with the numbers that tell it.
    func all(isInMemory: Bool, isSlowEngine: Bool) -> [String] {
        var reasons: [String] = []
        if isInMemory {
            reasons.append(
                "The folder is in memory, where a sync costs nothing: the ratios say nothing of a disk. Name a folder on a disk"
                    + " with --out or KVSTORE_PROFILES.")
        }
        #if DEBUG
            reasons.append(
                "This kvbench is a debug build, which is many times slower: scripts/profile.sh makes a release build.")
        #endif
        if isSlowEngine, let build = documented?.environment.engineBuild {
            reasons.append(
                "The engine is a slow build (\(build)): scripts/profile.sh --release-engine makes one that takes about half"
                    + " of the CPU.")
        }
        return reasons + [otherLoad, steal, ioWait, slowSyncs, unsteadySyncs, slowing].compactMap { $0 }
    }

    private var hosts: [HostDocument] { runs.compactMap(\.host) }

    private var otherLoad: String? {
        guard let others = hosts.compactMap(\.otherCPUs).max(), others >= 0.1 else { return nil }
        let cpus = documented?.environment.cpus ?? runs.first?.environment.cpus ?? 1
        let load =
            hosts.compactMap { $0.loadBefore?.first }.max().map { "; the load was up to \($0) before the runs" } ?? ""
        return "Other processes took up to \(others) of the \(cpus) processors during the runs\(load)."
    }

    private var steal: String? {
        guard let steal = hosts.compactMap(\.stealPercent).max(), steal >= 1 else { return nil }
        return "The host gave up to \(steal) % of the processors' time to other machines (steal)."
    }

    private var ioWait: String? {
        guard let wait = hosts.compactMap(\.ioWaitPercent).max(), wait >= 5 else { return nil }
        return "Processors waited for the disk for up to \(wait) % of the time with nothing else to do."
    }

    private var syncs: [Double] { runs.map(\.environment.syncMicroseconds).filter { $0 > 0 } }

    private var slowSyncs: String? {
        let sorted = syncs.sorted()
        guard !sorted.isEmpty, sorted[sorted.count / 2] >= 1000 else { return nil }
        let milliseconds = (sorted[sorted.count / 2] / 1000).rounded(toPlaces: 2)
        return
            "A synced write of 4 KiB takes \(milliseconds) ms on this disk; 0.1 ms is usual for a local SSD. This slows the"
            + " runs that wait for syncs, those with the tuning before, and not the documented tuning."
    }

    private var unsteadySyncs: String? {
        guard let least = syncs.min(), let most = syncs.max(), most > 3 * least else { return nil }
        return "The median of synced writes was between \((least / 1000).rounded(toPlaces: 2)) and"
            + " \((most / 1000).rounded(toPlaces: 2)) ms from run to run: somebody else uses the disk, or it slows down."
    }

    /// Throttling, or an engine that cannot keep up: the first third against the last.
    private var slowing: String? {
        guard let documented else { return nil }
        let rates = SeriesInterval.of(documented.series).map { $0.writesPerSecond + $0.readsPerSecond }
        guard rates.count >= 9 else { return nil }
        func mean(_ part: ArraySlice<Double>) -> Double { part.reduce(0, +) / Double(part.count) }
        let (first, last) = (mean(rates.prefix(rates.count / 3)), mean(rates.suffix(rates.count / 3)))
        guard first > 0, last < 0.7 * first else { return nil }
        return
            "The rate fell from \(NumberText.grouped(first)) to \(NumberText.grouped(last)) operations a second between the"
            + " first and the last third of the run: the processor was throttled, others came, or compaction could not keep up"
            + " (see Engine)."
    }
}
