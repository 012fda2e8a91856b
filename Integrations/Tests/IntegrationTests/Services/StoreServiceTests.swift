import Foundation
import KVStore
import KVStoreMetrics
import KVStoreService
import Logging
import MetricsTestKit
import ServiceLifecycle
import SystemPackage
import Testing
import UnixSignals

@testable import KVStoreService

/// Answers requests until it is shut down, and then what it had begun: what a server does.
private struct Server: Service {
    let store: @Sendable () async throws -> Store
    var started: @Sendable () -> Void = {}

    func run() async throws {
        let orders = try await store().namespace("orders", createIfMissing: true)
        try await orders.put("order/1", "begun")
        started()
        try await gracefulShutdown()
        // The store is there until this returns.
        try await orders.put("order/1", "answered")
    }
}

private struct Failing: Service {
    struct Failure: Error {}
    func run() async throws { throw Failure() }
}

@Suite("A store as a service")
struct StoreServiceTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func answer(_ path: FilePath) async throws -> [UInt8]? {
        let store = try await Store.open(at: path, configuration: .quiet)
        let value = try await store.namespace("orders").get("order/1")
        try await store.close()
        return value
    }

    @Test("It is closed after those that use it were shut down, whose last writes are kept", arguments: [true, false])
    func gracefulShutdown(opensItself: Bool) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            let service =
                opensItself
                ? StoreService(at: path, configuration: .quiet)
                : StoreService(try await Store.open(at: path, configuration: .quiet))
            let (started, continuation) = AsyncStream.makeStream(of: Void.self)
            let server = Server(store: { try await service.store }, started: { continuation.yield() })
            let group = ServiceGroup(services: [service, server], logger: Self.logger)
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { try await group.run() }
                for await _ in started { break }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            let store = try await service.store
            #expect(await errorCode { _ = try await store.namespace("orders") } == .closed)
            #expect(try await Self.answer(path) == Array("answered".utf8))
        }
    }

    @Test("A signal is enough")
    func signal() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            let service = StoreService(at: path, configuration: .quiet)
            let server = Server(store: { try await service.store }, started: { kill(getpid(), SIGUSR1) })
            let group = ServiceGroup(
                services: [service, server], gracefulShutdownSignals: [.sigusr1], logger: Self.logger)
            try await group.run()
            #expect(try await Self.answer(path) == Array("answered".utf8))
        }
    }

    @Test("It is closed when another service of the group fails")
    func otherFails() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            let store = try await Store.open(at: path, configuration: .quiet)
            try await store.createNamespace("orders").put("order/1", "kept")
            let group = ServiceGroup(services: [StoreService(store), Failing()], logger: Self.logger)
            await #expect(throws: Failing.Failure.self) { try await group.run() }
            #expect(await errorCode { _ = try await store.namespace("orders") } == .closed)
            #expect(try await Self.answer(path) == Array("kept".utf8))
        }
    }

    @Test("One that is cancelled is closed, and says that it was cancelled")
    func cancellation() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            let store = try await Store.open(at: path, configuration: .quiet)
            try await store.createNamespace("orders").put("order/1", "kept")
            let service = StoreService(store)
            let running = Task { try await service.run() }
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(try await Self.answer(path) == Array("kept".utf8))
        }
    }

    @Test("What cannot be opened is told to the group and to those who wait for it")
    func cannotBeOpened() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("file")
            #expect(FileManager.default.createFile(atPath: path.string, contents: Data()))
            let service = StoreService(at: path, configuration: .quiet)
            let waiting = Task { try await service.store }
            let group = ServiceGroup(services: [service], logger: Self.logger)
            #expect(await errorCode { try await group.run() } == .notAStore)
            #expect(await errorCode { _ = try await waiting.value } == .notAStore)
            #expect(await errorCode { _ = try await service.store } == .notAStore)
        }
    }

    @Test("Who waits for it can be cancelled")
    func cancelledWaiting() async throws {
        let service = StoreService(at: "/nowhere", configuration: .quiet)
        let waiting = Task { try await service.store }
        await Task.yield()
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
    }

    @Test("A failure to close is told, also when it was cancelled", arguments: [true, false])
    func failingClose(isCancelled: Bool) async throws {
        try await withTemporaryFolder { folder in
            let store = try await Store.open(at: folder.appending("store"), configuration: .quiet)
            let service = StoreService(store) { store in
                try await store.close()
                throw StoreError(.noSpace, .close, "the disk is full")
            }
            let group = ServiceGroup(services: [service], logger: Self.logger)
            let running = Task { if isCancelled { try await service.run() } else { try await group.run() } }
            if isCancelled { running.cancel() } else { await group.triggerGracefulShutdown() }
            #expect(await errorCode { try await running.value } == .noSpace)
            #expect(await errorCode { _ = try await store.namespace("orders") } == .closed)
        }
    }

    @Test("Metrics are a service beside it")
    func metrics() async throws {
        try await withTemporaryFolder { folder in
            let store = try await Store.open(at: folder.appending("store"), configuration: .quiet)
            let factory = TestMetrics()
            var options = StoreMetrics.Options()
            options.interval = .milliseconds(1)
            let metrics = StoreMetrics(store, options: options, factory: factory)
            let group = ServiceGroup(services: [StoreService(store), metrics], logger: Self.logger)
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { try await group.run() }
                let gauge = try factory.expectGauge("kvstore_namespaces", [("store", "store")])
                while gauge.values.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(await errorCode { _ = try await store.namespace("orders") } == .closed)
        }
    }
}
