#if Metrics
    /// One of the metrics that ``StoreMetrics`` records: what its name and unit are, and what it tells.
    public struct StoreMetric: Sendable, Hashable {
        /// What kind of metric it is to swift-metrics.
        public enum Kind: String, Sendable, Hashable {
            /// A value of the moment.
            case gauge
            /// A number that only grows.
            case counter
            /// How long each of many things took.
            case timer
        }

        /// Its label, which ends with its unit.
        public let name: String
        /// What kind of metric it is.
        public let kind: Kind
        /// What it tells.
        public let summary: String
        /// Whether it is recorded for each open namespace too, when that is asked for.
        public let isOfNamespaces: Bool
        /// Whether it needs ``StoreConfiguration/collectsEngineStatistics``.
        public let needsEngineStatistics: Bool

        init(
            _ name: String, _ kind: Kind, _ summary: String, isOfNamespaces: Bool = false,
            needsEngineStatistics: Bool = false
        ) {
            self.name = name
            self.kind = kind
            self.summary = summary
            self.isOfNamespaces = isOfNamespaces
            self.needsEngineStatistics = needsEngineStatistics
        }

        /// Every metric, in the order of the documentation.
        public static let all: [StoreMetric] =
            StoreGauge.all.map(\.metric)
            + [StoreMetrics.diskBytes, StoreMetrics.syncs, StoreMetrics.syncFailures, StoreMetrics.syncSeconds]
            + EngineCounter.all.map(\.metric) + EngineQuantiles.all.map(\.metric)
    }
#endif
