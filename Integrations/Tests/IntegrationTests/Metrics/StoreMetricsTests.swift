import CoreMetrics
import KVStore
import KVStoreMetrics
import MetricsTestKit
import SystemPackage
import Testing

@Suite("Metrics of a store")
struct StoreMetricsTests {
    private static let labels = [("store", "test")]

    private static func metrics(
        _ store: Store, _ factory: TestMetrics, _ change: (inout StoreMetrics.Options) -> Void = { _ in }
    ) -> StoreMetrics {
        var options = StoreMetrics.Options()
        options.name = "test"
        change(&options)
        return StoreMetrics(store, options: options, factory: factory)
    }

    private static func gauge(_ factory: TestMetrics, _ name: String, _ labels: [(String, String)] = []) throws
        -> Double
    {
        try #require(try factory.expectGauge(name, Self.labels + labels).lastValue, "\(name)")
    }

    @Test("What the store knows of itself is recorded, with the label of the store")
    func gauges() async throws {
        try await withTemporaryStore { store in
            let factory = TestMetrics()
            let metrics = Self.metrics(store, factory)
            let namespace = try await store.createNamespace("orders")
            try await store.createNamespace("carts").put("key", "value")
            for number in 0..<2 {
                try await namespace.put("key/\(number)", String(repeating: "value", count: 1000))
                try await namespace.flush()
            }
            try await namespace.put("key", "value")
            await metrics.sample()
            func value(_ name: String) throws -> Double { try Self.gauge(factory, name) }
            #expect(try value("kvstore_level0_files") == 2)
            #expect(try value("kvstore_namespaces") == 2)
            #expect(try value("kvstore_open_namespaces") == 2)
            #expect(try value("kvstore_table_bytes") > 0)
            #expect(try value("kvstore_memtable_bytes") > 0)
            #expect(try value("kvstore_disk_bytes") > 0)
            #expect(try value("kvstore_disk_free_bytes") > 0)
            #expect(try value("kvstore_memory_budget_bytes") == Double(store.memoryBudget.bytes))
            #expect(try value("kvstore_block_cache_capacity_bytes") == Double(16 << 20))
            for name in ["stopped", "slowed", "failed"] { #expect(try value("kvstore_\(name)_databases") == 0) }
            for metric in StoreMetric.all where metric.kind == .gauge && !metric.needsEngineStatistics {
                #expect(try value(metric.name) >= 0)
            }
        }
    }

    @Test("Syncs are counted and timed, each once")
    func syncs() async throws {
        try await withTemporaryStore { store in
            let factory = TestMetrics()
            let metrics = Self.metrics(store, factory)
            let namespace = try await store.createNamespace("orders")
            for round in 1...3 {
                for number in 0..<5 {
                    try await namespace.put("key/\(number)", "value", durability: .synced)
                    if number == 2 { await metrics.sample() }
                }
                await metrics.sample()
                let total = try factory.expectCounter("kvstore_syncs_total", Self.labels).totalValue
                let timer = try factory.expectTimer("kvstore_sync_seconds", Self.labels)
                #expect(total >= round * 5)
                #expect(timer.values.count == Int(total))
                #expect(timer.values.allSatisfy { $0 > 0 })
            }
            #expect(try factory.expectCounter("kvstore_sync_failures_total", Self.labels).totalValue == 0)
        }
    }

    @Test("What the engine counts is recorded when it was asked to count")
    func engine() async throws {
        var configuration = StoreConfiguration.quiet
        configuration.collectsEngineStatistics = true
        try await withTemporaryStore(configuration) { store in
            let factory = TestMetrics()
            let metrics = Self.metrics(store, factory)
            let namespace = try await store.createNamespace("orders")
            for round in 1...2 {
                for number in 0..<100 { try await namespace.put("key/\(number)", "value") }
                for number in 0..<100 { #expect(try await namespace.get("key/\(number)") != nil) }
                await metrics.sample()
                func total(_ name: String) throws -> Int64 {
                    try factory.expectCounter(name, Self.labels).totalValue
                }
                #expect(try total("kvstore_keys_written_total") >= round * 100)
                #expect(try total("kvstore_keys_written_total") < round * 100 + 100, "each is counted once")
                #expect(try total("kvstore_keys_read_total") >= round * 100)
                #expect(try total("kvstore_written_bytes_total") > 0)
            }
            for quantile in ["0.5", "0.95", "0.99", "1"] {
                let seconds = try Self.gauge(factory, "kvstore_write_seconds", [("quantile", quantile)])
                #expect(seconds > 0)
            }
        }
    }

    @Test("Nothing that the engine would have to count is recorded otherwise")
    func withoutEngine() async throws {
        try await withTemporaryStore { store in
            let factory = TestMetrics()
            await Self.metrics(store, factory).sample()
            for metric in StoreMetric.all where metric.needsEngineStatistics {
                #expect(factory.counters(label: metric.name).isEmpty && factory.recorders(label: metric.name).isEmpty)
            }
        }
    }

    @Test("Namespaces have labels where they are asked for, while they are open")
    func namespaces() async throws {
        try await withTemporaryStore { store in
            let factory = TestMetrics()
            let metrics = Self.metrics(store, factory) { $0.labelsNamespaces = true }
            let namespaces = ["orders", "carts"]
            for name in namespaces {
                let namespace = try await store.createNamespace(name)
                try await namespace.put("key", "value")
                try await namespace.flush()
            }
            await metrics.sample()
            for name in namespaces {
                #expect(try Self.gauge(factory, "kvstore_level0_files", [("namespace", name)]) == 1)
                #expect(try Self.gauge(factory, "kvstore_table_bytes", [("namespace", name)]) > 0)
            }
            try await store.dropNamespace("carts")
            await metrics.sample()
            let labels = factory.recorders(label: "kvstore_level0_files").flatMap(\.dimensions)
            let named = labels.filter { $0.0 == "namespace" }.map(\.1)
            #expect(named == ["orders"])
        }
    }

    @Test("Of a closed store nothing is recorded")
    func closed() async throws {
        try await withTemporaryStore { store in
            let factory = TestMetrics()
            let metrics = Self.metrics(store, factory)
            try await store.close()
            await metrics.sample()
            #expect(factory.recorders.allSatisfy { $0.values.isEmpty })
        }
    }

    @Test("It goes on until its task is cancelled, and is called like the folder unless it is said otherwise")
    func running() async throws {
        try await withTemporaryStore { store in
            let factory = TestMetrics()
            var options = StoreMetrics.Options()
            options.interval = .milliseconds(1)
            options.diskInterval = nil
            let metrics = StoreMetrics(store, options: options, factory: factory)
            let running = Task { try await metrics.run() }
            let gauge = try factory.expectGauge("kvstore_namespaces", [("store", "store")])
            while gauge.values.count < 3 { try await Task.sleep(for: .milliseconds(1)) }
            running.cancel()
            try await running.value
            #expect(try factory.expectGauge("kvstore_disk_bytes", [("store", "store")]).values.isEmpty)
        }
    }

    @Test("Every metric is documented, with its kind, its unit in its name")
    func documented() throws {
        let page = try page("observability.md")
        #expect(Set(StoreMetric.all.map(\.name)).count == StoreMetric.all.count)
        for metric in StoreMetric.all {
            let row = page.split(separator: "\n").first { $0.hasPrefix("| `\(metric.name)`") }
            #expect(row?.contains("| \(metric.kind.rawValue) |") == true, "\(metric.name)")
        }
    }
}
