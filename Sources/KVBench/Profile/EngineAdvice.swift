import KVStore

/// What the tuning document's "Production Tuning" asks for, answered from what was measured: level 0, compaction, cache,
/// storage. Each line says the numbers that lead to it.
struct EngineAdvice: Sendable {
    var tuning: Tuning
    var mostLevel0: Int
    /// The time that writers were held up, of all together.
    var stallSeconds: Double
    /// The time that all writers had.
    var writerSeconds: Double
    var mostPending: Int
    var tableAmplification: Double?
    var cacheUsed: Int
    var cacheCapacity: Int
    var cacheHitRate: Double?
    var filterRate: Double?
    var stalls: [(cause: String, count: Int)]
    var flushes: Int
    var seconds: Double
    var syncs: Double
    var syncMicroseconds: Double
    var durability: String

    var all: [String] { [level0, compaction, memtables, cache, filters, storage].compactMap { $0 } }

    private func percent(_ share: Double) -> String { "\((share * 100).rounded(toPlaces: 1)) %" }

    private var level0: String {
        let (start, stop) = (tuning.level0CompactionTrigger, tuning.level0StopTrigger)
        let share = writerSeconds > 0 ? stallSeconds / writerSeconds : 0
        let times = "Level 0 had at most \(mostLevel0) files; compaction begins at \(start), writers stop at \(stop)."
        if share >= 0.01 {
            let causes = stalls.filter { $0.count > 0 }.map { "\($0.cause) \($0.count)" }.joined(separator: ", ")
            return times
                + " Writers were held up for \(percent(share)) of their time (\(causes)): compaction does not keep up."
                + " More maxConcurrentCompactions where processors are idle, larger memtables, or a slower load."
        }
        if mostLevel0 >= stop {
            return times
                + " That is as many as there may be: watch it in longer runs, and allow more compactions at once."
        }
        return times + " Writers were held up for \(percent(share)) of their time: nothing to change."
    }

    private var compaction: String? {
        let pending = mostPending > 0 ? " At most \(NumberText.bytes(mostPending)) waited to be compacted." : ""
        guard let tableAmplification else {
            return "Nothing was flushed in \(seconds.rounded(toPlaces: 1)) s, so nothing can be said of compaction:"
                + " a longer --duration shows more."
        }
        let factor = tableAmplification.rounded(toPlaces: 2)
        let text =
            "Compactions wrote \((factor - 1).rounded(toPlaces: 2)) bytes for each byte that was flushed.\(pending)"
        return tableAmplification > 10
            ? text + " That is much: a higher level0CompactionTrigger or larger memtables merge more at once." : text
    }

    private var memtables: String? {
        guard flushes > 0, seconds > 0 else { return nil }
        let interval = seconds / Double(flushes)
        let size = NumberText.bytes(tuning.memtableSize.bytes)
        let text = "\(flushes) memtables of up to \(size) were flushed, one in \(interval.rounded(toPlaces: 1)) s."
        return interval < 1
            ? text + " So many small files cost compactions: give larger memtables if there is memory." : text
    }

    private var cache: String? {
        guard cacheCapacity > 0 else { return nil }
        let full = Double(cacheUsed) / Double(cacheCapacity)
        let text = "The block cache holds \(NumberText.bytes(cacheUsed)) of \(NumberText.bytes(cacheCapacity))"
        guard let cacheHitRate else { return text + "; no block was looked up in it: reads came from memtables." }
        let hits = "\(text); \(percent(cacheHitRate)) of the blocks that were looked up were in it."
        if full > 0.9, cacheHitRate < 0.9 {
            return hits + " It is smaller than the working set: a larger blockCacheCapacity spares reads of the disk."
        }
        return full < 0.5 ? hits + " The working set so far takes no more: a smaller one would do for this load." : hits
    }

    private var filters: String? {
        guard let filterRate else { return nil }
        let text = "Filters spared \(percent(filterRate)) of the reads of files that did not have the key."
        return filterRate < 0.9 ? text + " 99 % is usual with 10 bits a key: look at bloomBitsPerKey." : text
    }

    private var storage: String {
        let milliseconds = (syncMicroseconds / 1000).rounded(toPlaces: 2)
        let text = "A sync takes \(milliseconds) ms here, and there were \(NumberText.grouped(syncs)) of the log."
        if durability == Durability.synced.rawValue {
            return text + " Every commit waits for one: faster storage, or commits that come together, make it faster."
        }
        return text + " Commits do not wait for them (\(durability)): faster storage changes little for this load."
    }
}
