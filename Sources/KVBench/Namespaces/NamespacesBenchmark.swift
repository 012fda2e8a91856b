import KVStore
import SystemPackage

/// Many namespaces in one store: what it costs to have them, to use one for the first time, and to use one all the time.
public struct NamespacesBenchmark: Sendable {
    private let options: NamespacesOptions

    /// Prepares a run. Nothing is opened or written yet.
    ///
    /// - Throws: `UsageError` for options that no run can be made with.
    public init(_ options: NamespacesOptions) throws(UsageError) {
        try options.validate()
        self.options = options
    }

    /// Runs and measures it. Temporary data is gone when this returns or throws.
    ///
    /// - Parameters:
    ///   - stop: Ends the run early when it is made.
    ///   - progress: Is told what begins, a line each.
    /// - Throws: `Interrupted` when a signal ended the run before anything was measured, and what the store says when a call fails that nothing can be
    ///   measured without.
    public func run(stop: StopRequest, progress: (String) -> Void) throws -> NamespacesDocument {
        if options.reusesData, let data = options.data {
            try DataDirectory.checkMark(in: data)
            return try measure(in: data, stop, progress)
        }
        let data = try DataDirectory(requested: options.data)
        do {
            try data.mark()
            let document = try measure(in: data.path, stop, progress)
            try data.removeIfTemporary()
            return document
        } catch {
            try data.removeIfTemporary()
            throw error
        }
    }

    private var configuration: StoreConfiguration {
        var configuration = StoreConfiguration()
        configuration.layout = options.layout.layout
        if let maxOpen = options.maxOpen { configuration.maxOpenNamespaces = maxOpen }
        return configuration
    }

    private func measure(
        in path: FilePath, _ stop: StopRequest, _ progress: (String) -> Void
    ) throws -> NamespacesDocument {
        let engine = try EngineInfo.current()
        var document = NamespacesDocument(
            namespaces: options.namespaces, maxOpen: configuration.maxOpenNamespaces, workers: options.workers,
            environment: .current(
                EngineBuild(version: engine.version, build: engine.build),
                syncMicroseconds: try SyncLatency.medianMicroseconds(in: path), data: path.string))
        document.layout = options.layout.rawValue
        let sampler = ResourceSampler()
        try sampler.during {
            let folder = path.appending("many")
            if !options.reusesData { try create(folder, &document, stop, progress) }
            if !stop.isMade { try use(folder, &document, stop, progress) }
            document.diskBytes = try DiskUsage.allocatedBytes(below: folder)
            if !stop.isMade { try compare(folder, path.appending("one"), &document, stop, progress) }
        }
        if let signal = stop.signal, document.latencyMicroseconds.isEmpty {
            throw Interrupted(signal: signal, keptData: options.data?.string)
        }
        document.cutShort = stop.name
        document.peakResidentBytes = ProcessUsage.peakResidentBytes()
        document.peakDescriptors = sampler.peakDescriptors
        document.peakThreads = sampler.peakThreads
        document.descriptorLimit = ResourceSampler.descriptorLimit
        return document
    }

    // MARK: Parts

    private func create(
        _ folder: FilePath, _ document: inout NamespacesDocument, _ stop: StopRequest, _ progress: (String) -> Void
    ) throws {
        progress("creating and writing")
        let store = try Store.open(at: folder, configuration: configuration)
        let start = MonotonicClock.now()
        let work = SharedWork(0..<options.namespaces, stop)
        let outcome = try work.run(on: options.workers) { number, times in
            let namespace = try times.time("create") { try store.createNamespace(TenantContent.name(number)) }
            try times.time("first_write") { try TenantContent.write(number, to: namespace) }
        }
        if !stop.isMade { document.createSeconds = Self.seconds(since: start) }
        document.take(outcome)
        document.closeMilliseconds = try Self.milliseconds { try store.close() }
    }

    private func use(
        _ folder: FilePath, _ document: inout NamespacesDocument, _ stop: StopRequest, _ progress: (String) -> Void
    ) throws {
        progress("opening, listing and reading")
        var opened: Store?
        document.openMilliseconds = try Self.milliseconds {
            opened = try Store.open(at: folder, configuration: configuration)
        }
        guard let store = opened else { return }
        var listed: [NamespaceInfo] = []
        document.listMilliseconds = try Self.milliseconds { listed = try store.namespaces() }
        if listed.count != options.namespaces { document.errors += 1 }
        document.statisticsMilliseconds = try Self.milliseconds { _ = try store.namespaceStatistics() }

        var order = Array(0..<options.namespaces)
        var random = SplitMix64(seed: options.seed)
        order.shuffle(using: &random)
        let samples = order.prefix(min(options.samples, order.count))
        document.take(
            try SharedWork(samples, stop).run(on: 1) { number, times in
                let namespace = try store.namespace(TenantContent.name(number))
                try times.time("cold") { try TenantContent.read(number, from: namespace) }
            })
        // Those that were used last are still open.
        let open = samples.suffix(min(samples.count, max(1, Self.openCount(store) - 1)))
        document.take(
            try SharedWork(open, stop).run(on: 1) { number, times in
                let namespace = try store.namespace(TenantContent.name(number))
                try times.time("open") { try TenantContent.read(number, from: namespace) }
            })
        let start = MonotonicClock.now()
        document.take(
            try SharedWork(order, stop).run(on: options.workers) { number, _ in
                try TenantContent.readAll(number, from: try store.namespace(TenantContent.name(number)))
            })
        if !stop.isMade { document.readSeconds = Self.seconds(since: start) }
        try store.close()
    }

    /// The same load in a namespace among all and in a store of its own, in turn.
    private func compare(
        _ folder: FilePath, _ loneFolder: FilePath, _ document: inout NamespacesDocument, _ stop: StopRequest,
        _ progress: (String) -> Void
    ) throws {
        progress("comparing a hot namespace with one in a store of its own")
        let (many, one) = (
            try Store.open(at: folder, configuration: configuration),
            try Store.open(at: loneFolder, configuration: configuration)
        )
        // The others that may be open are, and rest.
        let open = options.layout == .single ? options.namespaces : configuration.maxOpenNamespaces - 1
        for number in 0..<min(options.namespaces, open) {
            try TenantContent.read(number, from: many.namespace(TenantContent.name(number)))
        }
        let hot = HotLoad(try many.namespace("hot", createIfMissing: true), seed: options.seed)
        let lone = HotLoad(try one.namespace("hot", createIfMissing: true), seed: options.seed)
        var (hotRates, loneRates): ([Double], [Double]) = ([], [])
        for round in 0..<options.rounds where !stop.isMade {
            // Who goes first takes turns too.
            if round % 2 == 0 { hotRates.append(try hot.rate(seconds: 1)) }
            loneRates.append(try lone.rate(seconds: 1))
            if round % 2 != 0 { hotRates.append(try hot.rate(seconds: 1)) }
        }
        document.hotPerSecond = Self.median(hotRates)?.rounded(toPlaces: 1)
        document.lonePerSecond = Self.median(loneRates)?.rounded(toPlaces: 1)
        // Of each round, so that a machine that changes its pace between them does not count.
        document.hotRatio = Self.median(zip(hotRates, loneRates).map { $0 / max(1, $1) })?.rounded(toPlaces: 4)
        // Both are new when the data is used again.
        for store in [many, one] { try store.dropNamespace("hot") }
        if !options.reusesData, options.data == nil {
            document.take(
                try SharedWork(0..<min(options.samples, options.namespaces), stop).run(on: 1) { number, times in
                    try times.time("drop") { try many.dropNamespace(TenantContent.name(number)) }
                })
        }
        try many.close()
        try one.close()
    }

    private static func openCount(_ store: Store) -> Int { store.memoryUsage.openNamespaces }

    private static func seconds(since start: UInt64) -> Double {
        (Double(MonotonicClock.now() - start) / 1e9).rounded(toPlaces: 3)
    }

    private static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        let start = MonotonicClock.now()
        try body()
        return (Double(MonotonicClock.now() - start) / 1e6).rounded(toPlaces: 3)
    }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
}

extension NamespacesDocument {
    fileprivate mutating func take(_ outcome: TimedOutcome) {
        errors += outcome.errors
        for (name, histogram) in outcome.histograms { latencyMicroseconds[name] = histogram.summary }
    }
}
