#if Metrics
    public import CoreMetrics
    public import KVStore
    internal import Synchronization
    internal import SystemPackage

    /// Records what a store tells of itself with swift-metrics, every few seconds.
    ///
    /// ```swift
    /// let metrics = StoreMetrics(store)
    /// let sampling = Task { try await metrics.run() }
    /// ```
    ///
    /// Nothing is added to any call on the store: what it knows anyway is looked at now and then, which takes less than a
    /// millisecond and opens nothing. With the trait `ServiceLifecycle` too it is a `Service`, for a `ServiceGroup`.
    /// ``StoreMetric/all`` lists the metrics.
    public final class StoreMetrics: Sendable {
        /// What is recorded, and how often.
        public struct Options: Sendable {
            /// What the label `store` says; `nil` for the last part of the store's path. Default `nil`.
            public var name: String?

            /// How often ``StoreMetrics/run()`` looks at the store. Default 10 seconds.
            public var interval: Duration = .seconds(10)

            /// How often the sizes of the store's files are added up, which looks at each of them; `nil` for never.
            /// Default one minute.
            public var diskInterval: Duration? = .seconds(60)

            /// Whether the metrics that are of namespaces are recorded for each open one too, with the label
            /// `namespace`. Default false: a store can have more namespaces than a monitoring system takes labels.
            public var labelsNamespaces = false

            /// The defaults.
            public init() {}
        }

        static let diskBytes = StoreMetric(
            "kvstore_disk_bytes", .gauge, "the files of all namespaces, in blocks of the file system")
        static let syncs = StoreMetric("kvstore_syncs_total", .counter, "syncs of write-ahead logs")
        static let syncFailures = StoreMetric("kvstore_sync_failures_total", .counter, "those that failed")
        static let syncSeconds = StoreMetric(
            "kvstore_sync_seconds", .timer, "how long each took, of the last thousand since the last look")

        private let store: Store
        private let options: Options
        private let factory: any MetricsFactory
        private let labels: [(String, String)]
        private let gauges: [(gauge: StoreGauge, instrument: Gauge)]
        private let disk: Gauge
        private let sync: (total: Counter, failures: Counter, seconds: CoreMetrics.Timer)
        private let engine: EngineInstruments?
        private let state = Mutex(State())

        private struct State {
            var syncs: UInt64 = 0
            var syncFailures: UInt64 = 0
            var tickers: [String: UInt64] = [:]
            var namespaces: [String: [Gauge]] = [:]
            var nextDisk: ContinuousClock.Instant?
        }

        private struct EngineInstruments {
            let counters: [(counter: EngineCounter, instrument: Counter)]
            let quantiles: [(histogram: String, gauges: [Gauge])]
        }

        private static let quantiles = ["0.5", "0.95", "0.99", "1"]

        /// Metrics of a store, which is not looked at before ``sample()`` or ``run()``.
        ///
        /// - Parameters:
        ///   - options: the defaults unless you say otherwise.
        ///   - factory: where they go; by default the one that the program was bootstrapped with.
        public init(
            _ store: Store, options: Options = Options(), factory: any MetricsFactory = MetricsSystem.factory
        ) {
            self.store = store
            self.options = options
            self.factory = factory
            let labels = [("store", options.name ?? store.path.lastComponent?.string ?? store.path.string)]
            self.labels = labels
            gauges = StoreGauge.all.map {
                ($0, Gauge(label: $0.metric.name, dimensions: labels, factory: factory))
            }
            disk = Gauge(label: Self.diskBytes.name, dimensions: labels, factory: factory)
            sync = (
                Counter(label: Self.syncs.name, dimensions: labels, factory: factory),
                Counter(label: Self.syncFailures.name, dimensions: labels, factory: factory),
                CoreMetrics.Timer(label: Self.syncSeconds.name, dimensions: labels, factory: factory)
            )
            guard store.configuration.collectsEngineStatistics else {
                engine = nil
                return
            }
            engine = EngineInstruments(
                counters: EngineCounter.all.map {
                    ($0, Counter(label: $0.metric.name, dimensions: labels, factory: factory))
                },
                quantiles: EngineQuantiles.all.map { quantiles in
                    let gauges = Self.quantiles.map {
                        Gauge(
                            label: quantiles.metric.name, dimensions: labels + [("quantile", $0)], factory: factory)
                    }
                    return (quantiles.histogram, gauges)
                })
        }

        /// Looks at the store once and records what it tells. Of a store that is closed nothing is recorded.
        public func sample() async {
            guard !store.isClosed else { return }
            let sample = StoreSample(store)
            for (gauge, instrument) in gauges {
                if let value = gauge.value(sample) { instrument.record(value) }
            }
            state.withLock { state in
                recordSyncs(&state)
                recordEngine(&state)
                if options.labelsNamespaces { recordNamespaces(sample, &state) }
            }
            await recordDisk()
        }

        /// Samples every ``Options/interval`` until the task is cancelled or, in a `ServiceGroup`, shut down gracefully.
        ///
        /// - Throws: nothing so far. That it is cancelled is no error.
        public func run() async throws {
            #if ServiceLifecycle
                try await runUntilShutdown()
            #else
                try await sampleUntilCancelled()
            #endif
        }

        /// Returns when the task is cancelled.
        func sampleUntilCancelled() async throws {
            while !Task.isCancelled {
                await sample()
                do { try await Task.sleep(for: options.interval) } catch { return }
            }
        }
    }

    extension StoreMetrics {
        private func recordSyncs(_ state: inout State) {
            let counts = store.syncs(since: state.syncs)
            sync.total.increment(by: Int64(counts.syncs - state.syncs))
            sync.failures.increment(by: Int64(counts.failures - state.syncFailures))
            for duration in counts.nanoseconds { sync.seconds.recordNanoseconds(Int64(clamping: duration)) }
            (state.syncs, state.syncFailures) = (counts.syncs, counts.failures)
        }

        private func recordEngine(_ state: inout State) {
            guard let engine, let statistics = store.engineStatistics else { return }
            for (counter, instrument) in engine.counters {
                guard let count = statistics.counters[counter.ticker] else { continue }
                let before = state.tickers[counter.ticker] ?? 0
                if count > before { instrument.increment(by: Int64(clamping: count - before)) }
                state.tickers[counter.ticker] = count
            }
            for (histogram, gauges) in engine.quantiles {
                guard let found = statistics.distributions[histogram], found.count > 0 else { continue }
                let values = [found.median, found.percentile95, found.percentile99, found.maximum]
                for (gauge, microseconds) in zip(gauges, values) { gauge.record(microseconds / 1e6) }
            }
        }

        private func recordNamespaces(_ sample: StoreSample, _ state: inout State) {
            let kinds = StoreGauge.all.filter { $0.ofNamespace != nil }
            var gone = state.namespaces
            for (name, _, load) in sample.loads {
                let instruments =
                    gone.removeValue(forKey: name)
                    ?? kinds.map {
                        Gauge(
                            label: $0.metric.name, dimensions: labels + [("namespace", name)], factory: factory)
                    }
                state.namespaces[name] = instruments
                for (kind, instrument) in zip(kinds, instruments) {
                    if let value = kind.ofNamespace?(load) { instrument.record(value) }
                }
            }
            // Nothing is known any more of those that were closed.
            for (name, instruments) in gone {
                for instrument in instruments { instrument.destroy() }
                state.namespaces[name] = nil
            }
        }

        private func recordDisk() async {
            guard let interval = options.diskInterval else { return }
            let now = ContinuousClock.now
            let isDue = state.withLock { state in
                if let next = state.nextDisk, now < next { return false }
                state.nextDisk = now + interval
                return true
            }
            // One that is cancelled or comes when the store is being closed has nothing to tell.
            guard isDue, let list = try? await store.namespaceStatistics() else { return }
            disk.record(list.reduce(0) { $0 + Double($1.sizeOnDisk.bytes) })
        }
    }
#endif
