import FoundationEssentials
import Glibc
import KVStore

/// Looks at a store and at its process while a load runs.
final class EngineObserver: @unchecked Sendable {  // what changes is guarded by the lock
    private let store: Store
    private let namespaces: [Namespace]
    private let lock = ThreadLock()
    private var seen = EngineObservation()
    private var start: UInt64 = 0
    private var ioBefore: [String: Int] = [:]
    private var task: PeriodicTask?

    static let interval = Duration.milliseconds(500)

    init(_ store: Store, _ namespaces: [Namespace]) {
        self.store = store
        self.namespaces = namespaces
    }

    /// The load begins: everything is counted from here on.
    func begin() throws {
        try lock.withLock {
            guard task == nil else { return }
            seen.countersBefore = store.engineStatistics?.counters ?? [:]
            ioBefore = ProcessIO.read("self")
            start = MonotonicClock.now()
            task = try PeriodicTask(name: "observer", every: Self.interval) { [self] in sample() }
        }
        sample()
    }

    /// The load has ended.
    ///
    /// - Returns: All that was seen.
    func finish() throws -> EngineObservation {
        try lock.withLock { task }?.stop()
        sample()
        return lock.withLock {
            let statistics = store.engineStatistics
            for (name, value) in statistics?.counters ?? [:] {
                seen.counters[name] = value - min(value, seen.countersBefore[name] ?? 0)
            }
            seen.spreads = (statistics?.distributions ?? [:]).filter { $0.value.count > 0 }.mapValues {
                EngineObservation.Spread(
                    count: $0.count, sum: $0.sum, median: $0.median, p95: $0.percentile95, p99: $0.percentile99,
                    longest: $0.maximum)
            }
            seen.databases = namespaces.map { namespace in
                let text = (try? namespace.property("rocksdb.stats")) ?? nil
                return EngineObservation.Database(name: namespace.name, statistics: text ?? "")
            }
            for (name, value) in ProcessIO.read("self") { seen.io[name] = value - (ioBefore[name] ?? 0) }
            seen.threads = ProcessThreads.read("self")
            seen.cacheCapacity = number("rocksdb.block-cache-capacity", of: namespaces.prefix(1))
            return seen
        }
    }

    private func sample() {
        let usage = store.memoryUsage
        var sample = EngineObservation.Sample()
        sample.residentBytes = ProcessUsage.residentBytes()
        sample.heapBytes = HeapUse.bytes()
        sample.memtableBytes = usage.memtables.bytes
        sample.cacheBytes = usage.blockCaches.bytes
        sample.pinnedBytes = usage.pinned.bytes
        sample.tableReaderBytes = usage.tableReaders.bytes
        sample.level0Files = number(RocksDBProperties.level0Files, of: namespaces[...]) ?? 0
        sample.pendingCompactionBytes = number(RocksDBProperties.pendingCompactionBytes, of: namespaces[...]) ?? 0
        sample.runningCompactions = number("rocksdb.num-running-compactions", of: namespaces[...]) ?? 0
        sample.runningFlushes = number("rocksdb.num-running-flushes", of: namespaces[...]) ?? 0
        lock.withLock {
            sample.t = (Double(MonotonicClock.now() - start) / 1e9).rounded(toPlaces: 3)
            // The one at the end may come right behind another.
            if let last = seen.samples.last, sample.t - last.t < 0.1, seen.samples.count > 1 {
                seen.samples.removeLast()
            }
            seen.samples.append(sample)
        }
    }

    private func number(_ property: String, of namespaces: ArraySlice<Namespace>) -> Int? {
        let numbers = namespaces.compactMap { namespace in
            ((try? namespace.property(property)) ?? nil).flatMap { Int($0) }
        }
        return numbers.isEmpty ? nil : numbers.reduce(0, +)
    }
}

/// What the allocator has given out of what it took from the kernel.
enum HeapUse {
    private typealias Info = @convention(c) (Int32, UnsafeMutablePointer<FILE>?) -> Int32

    /// `nil` where the C library does not tell.
    static func bytes() -> Int? {
        // The module of the C library lacks it.
        guard let symbol = dlsym(nil, "malloc_info") else { return nil }
        var text: UnsafeMutablePointer<CChar>?
        var size = 0
        guard let file = open_memstream(&text, &size) else { return nil }
        let status = unsafeBitCast(symbol, to: Info.self)(0, file)
        fclose(file)
        guard let text else { return nil }
        defer { free(text) }
        return status == 0 ? bytes(in: String(cString: text)) : nil
    }

    /// From what `malloc_info` says of all arenas together, which is at its end: what the kernel gave without what is free,
    /// and mapped blocks.
    static func bytes(in text: String) -> Int? {
        let end = text[...].lastRange(of: "</heap>")?.upperBound ?? text.startIndex
        func size(_ mark: String) -> Int? {
            guard let found = text[end...].range(of: mark), let size = text[found.upperBound...].range(of: "size=\"")
            else { return nil }
            return Int(text[size.upperBound...].prefix { $0 != "\"" })
        }
        guard let system = size("<system type=\"current\"") else { return nil }
        let free = (size("<total type=\"fast\"") ?? 0) + (size("<total type=\"rest\"") ?? 0)
        return max(0, system - free) + (size("<total type=\"mmap\"") ?? 0)
    }
}

/// What a process has read and written, by the names that the kernel has for it.
enum ProcessIO {
    /// - Parameter process: its number, or `self`. Nothing when it is not permitted.
    static func read(_ process: String) -> [String: Int] {
        let text = (try? String(contentsOfFile: "/proc/\(process)/io", encoding: .utf8)) ?? ""
        var numbers: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":")
            if parts.count == 2, let number = Int(parts[1].drop { $0 == " " }) { numbers[String(parts[0])] = number }
        }
        return numbers
    }
}

/// What the threads of a process have done, by their names.
enum ProcessThreads {
    /// - Parameter process: its number, or `self`.
    static func read(_ process: String) -> [EngineObservation.ThreadTimes] {
        let folder = "/proc/\(process)/task"
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var threads: [String: EngineObservation.ThreadTimes] = [:]
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        for number in numbers {
            guard let stat = try? String(contentsOfFile: "\(folder)/\(number)/stat", encoding: .utf8),
                let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")")
            else { continue }
            let name = String(stat[stat.index(after: open)..<close])
            let fields = stat[stat.index(after: close)...].split(separator: " ")
            guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { continue }
            let status = (try? String(contentsOfFile: "\(folder)/\(number)/status", encoding: .utf8)) ?? ""
            func count(_ mark: String) -> Int {
                let line = status.split(separator: "\n").first { $0.hasPrefix(mark) }
                return line?.split(whereSeparator: { $0 == "\t" || $0 == " " }).last.flatMap { Int($0) } ?? 0
            }
            var thread =
                threads[name]
                ?? EngineObservation.ThreadTimes(name: name, userSeconds: 0, systemSeconds: 0, waits: 0, preemptions: 0)
            thread.userSeconds += user / ticks
            thread.systemSeconds += system / ticks
            thread.waits += count("voluntary_ctxt_switches")
            thread.preemptions += count("nonvoluntary_ctxt_switches")
            threads[name] = thread
        }
        return threads.values.sorted {
            ($1.userSeconds + $1.systemSeconds, $0.name) < ($0.userSeconds + $0.systemSeconds, $1.name)
        }
    }
}
