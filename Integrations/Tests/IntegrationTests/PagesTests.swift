import Configuration
import CoreMetrics
import Foundation
import InMemoryTracing
import KVStore
import KVStoreConfiguration
import KVStoreMetrics
import KVStoreService
import KVStoreTracing
import Logging
import ServiceLifecycle
import SystemPackage
import Testing
import Tracing
import UnixSignals

// The code of docs/observability.md and docs/services.md, as it stands there.

private struct Server: Service {
    let store: Store

    func run() async throws {
        try await store.namespace("orders", createIfMissing: true).put("order/1", "paid")
        // As a request to stop would.
        kill(getpid(), SIGTERM)
        try await gracefulShutdown()
    }
}

private struct Worker: Service {
    let store: StoreService

    func run() async throws {
        let jobs = try await store.store.namespace("jobs", createIfMissing: true)
        try await jobs.put("job/1", "done")
    }
}

@Suite("The code of the pages of documentation")
struct PagesTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test("A server: settings, a group, a signal")
    func server() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            let file = folder.appending("settings.json")
            let json = """
                { "store": { "blockCache": "2GiB", "maxOpenNamespaces": 20, "namespaceTuning": { "compression": "zstd" } } }
                """
            #expect(try page("services.md").contains(json))
            try json.write(toFile: file.string, atomically: true, encoding: .utf8)

            let config = ConfigReader(providers: [
                EnvironmentVariablesProvider(),
                try await FileProvider<JSONSnapshot>(filePath: file),
            ])
            var configuration = try StoreConfiguration(
                config: config, scope: "store", given: [.environment, .jsonFile(at: file)])
            configuration.logger = logger
            #expect(configuration.namespaceTuning.compression == .zstd)

            let store = try await Store.open(at: path, configuration: configuration)
            let server = Server(store: store)
            let group = ServiceGroup(
                services: [StoreService(store), StoreMetrics(store), server],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            try await group.run()
            #expect(await errorCode { _ = try await store.namespace("orders") } == .closed)
        }
    }

    @Test("A store that the group opens")
    func opening() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            let configuration = StoreConfiguration.quiet
            let service = StoreService(at: path, configuration: configuration)
            let group = ServiceGroup(services: [service, Worker(store: service)], logger: logger)
            // A worker that comes to its end has the group end.
            _ = try? await group.run()
            let store = try await Store.open(at: path, configuration: configuration)
            #expect(try await store.namespace("jobs").contains("job/1"))
            try await store.close()
        }
    }

    @Test("The options of a namespace")
    func options() async throws {
        try await withTemporaryStore { store in
            let variables = ["STORE_NAMESPACES_SESSIONS_TIME_TO_LIVE": "1h"]
            let config = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables))
            let configuration = StoreConfiguration.quiet
            let options = try NamespaceOptions(
                config: config, scope: "store.namespaces.sessions", base: configuration.namespaceTuning)
            let sessions = try await store.namespace("sessions", createIfMissing: true, options: options)
            #expect(options.timeToLive == .seconds(3600))
            try await sessions.put("session/1", "user 7")
        }
    }

    @Test("A logger and a threshold, metrics and a traced store")
    func observability() async throws {
        var configuration = StoreConfiguration()
        configuration.logger = Logger(label: "app.store")
        configuration.logger.logLevel = .debug
        configuration.slowOperationThreshold = .milliseconds(100)
        #expect(configuration.logger.label == "app.store")
        try await withTemporaryStore { store in
            var options = StoreMetrics.Options()
            options.interval = .seconds(10)
            let metrics = StoreMetrics(store, options: options)
            let sampling = Task { try await metrics.run() }

            var batch = WriteBatch()
            batch.put("order/1", "paid")
            try await store.createNamespace("orders")
            let traced = TracedStore(store)
            let orders = try await traced.space("orders")
            try await orders.commit(batch, durability: .synced)

            sampling.cancel()
            try await sampling.value
        }
    }
}
