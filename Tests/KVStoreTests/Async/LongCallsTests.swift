import Dispatch
import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVStore

@Suite("Long calls beside short ones")
struct LongCallsTests {
    /// What takes long because a lock that it needs is taken until the end of `body`.
    private func withLongCalls(
        _ store: Store, _ namespace: Namespace, _ folder: FilePath, _ body: (HeldLock) async throws -> Void
    ) async throws {
        // A compaction waits for the one before it, and what copies a store for all compactions.
        let held = HeldLock(namespace.slot.compactions)
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<8 {
            tasks.append(Task { try await namespace.compact() })
            tasks.append(Task { try await store.checkpoint(to: folder.appending("checkpoint \(number)")) })
            tasks.append(Task { _ = try await store.backup(to: folder.appending("backup \(number)")) })
        }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(held)) } catch { outcome = .failure(error) }
        held.release()
        for task in tasks { try await task.value }
        try outcome.get()
    }

    @Test("Reads, writes, updates and transactions do not wait for them, nor does another store", arguments: [1, 4])
    func calls(_ maintenanceThreads: Int) async throws {
        try await withTemporaryFolder { folder in
            var configuration = StoreConfiguration.tiny
            configuration.maintenanceThreads = maintenanceThreads
            let store = try await Store.open(at: folder.appending("store"), configuration: configuration)
            let other = try await Store.open(at: folder.appending("other"), configuration: .tiny)
            let namespace = try await store.createNamespace("test")
            let elsewhere = try await other.createNamespace("test")
            try await namespace.put("key", "value")
            try await withLongCalls(store, namespace, folder) { _ in
                let isDone = Flag()
                let short = Task.detached {
                    for round in 0..<3 {
                        for namespace in [namespace, elsewhere] {
                            try await namespace.update { $0.put("counter", "\(round)") }
                            try await namespace.put("synced", "\(round)", durability: .synced)
                            #expect(try await namespace.getMany(["counter", "synced"]).allSatisfy { $0 != nil })
                            try await namespace.transaction { try $0.put("transacted", "\(round)") }
                            try await namespace.flush()
                            try await namespace.sync()
                            _ = try await namespace.statistics()
                        }
                        try await other.checkpoint(to: folder.appending("other's \(round)"))
                    }
                    isDone.set()
                }
                try #require(await eventuallySet(isDone), "short calls wait for long ones")
                try await short.value
            }
            try await store.close()
            try await other.close()
        }
    }

    @Test("Tasks that wait to change the set of namespaces do not hold up reads and writes")
    func waitingForTheCatalog() async throws {
        try await withTemporaryFolder { folder in
            let store = try await Store.open(at: folder.appending("store"), configuration: .tiny)
            let namespace = try await store.createNamespace("test")
            try await withLongCalls(store, namespace, folder) { held in
                // The checkpoint has the lock of the catalog, or will have it, while it waits for the compaction.
                let creating = (0..<100).map { number in
                    Task { _ = try await store.createNamespace("more \(number)") }
                }
                let isDone = Flag()
                let short = Task.detached {
                    for round in 0..<10 { try await namespace.update { $0.put("counter", "\(round)") } }
                    isDone.set()
                }
                try #require(await eventuallySet(isDone), "updates wait for the creation of namespaces")
                try await short.value
                held.release()
                for task in creating { try await task.value }
            }
            #expect(try await store.namespaces().count == 101)
            try await store.close()
        }
    }

    @Test("A job waits for none that is longer while there may be more threads")
    func threads() async throws {
        let pool = IOPool(maxThreads: 3)
        let release = DispatchSemaphore(value: 0)
        // One thread is idle when two jobs come at once, and each gets one of its own.
        for _ in 0..<100 { try await pool.run {} }
        let started = (0..<3).map { _ in Flag() }
        for flag in started {
            pool.submit {
                flag.set()
                release.wait()
            }
        }
        for flag in started { #expect(try await eventuallySet(flag)) }
        let isLate = Flag()
        pool.submit { isLate.set() }
        #expect(pool.threadCount == 3)
        #expect(!isLate.isSet)
        for _ in started { release.signal() }
        #expect(try await eventuallySet(isLate))
    }

    @Test("Threads that have had nothing to do for a while end, and others are made when they are needed")
    func idleThreads() async throws {
        let pool = IOPool(maxThreads: 4, patience: .milliseconds(20))
        for _ in 0..<3 {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<50 { group.addTask { try? await pool.run {} } }
            }
            #expect(eventually { pool.threadCount == 0 })
        }
    }

    @Test("A number of threads that no store can have is refused", arguments: [0, -1, .max])
    func refused(_ count: Int) throws {
        try withTemporaryFolder { folder in
            var calls = StoreConfiguration.tiny
            calls.callThreads = count
            var maintenance = StoreConfiguration.tiny
            maintenance.maintenanceThreads = count
            for configuration in [calls, maintenance] {
                expectError(.invalidArgument, "Threads is") {
                    _ = try Store.open(at: folder.appending("store"), configuration: configuration)
                }
            }
        }
    }

    @Test("The defaults are as documented")
    func defaults() {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        #expect(StoreConfiguration().callThreads == max(4, min(64, 2 * cores)))
        #expect(StoreConfiguration().maintenanceThreads == 4)
    }
}

/// A lock that a thread of its own holds: a task may go on on another thread than the one that took it.
private final class HeldLock: Sendable {
    private let end = DispatchSemaphore(value: 0)

    init(_ lock: Lock) {
        let taken = DispatchSemaphore(value: 0)
        Thread.detachNewThread { [end] in
            lock.lock()
            taken.signal()
            end.wait()
            lock.unlock()
        }
        taken.wait()
    }

    /// Has it unlocked, unless it is.
    func release() { end.signal() }
}
