import Foundation
import KVStore
import Testing

@testable import KVStore

@Suite("Async calls")
struct AsyncTests {
    @Test("Every async form does what its synchronous namesake does")
    func forms() async throws {
        try await withTemporaryStore { store, namespace in
            try await namespace.put("a", "1")
            try await namespace.put("b", "2", durability: .synced)
            try await namespace.write { $0.put("c", "3") }
            #expect(try await namespace.get("a") == Array("1".utf8))
            #expect(try await namespace.get("missing") == nil)
            #expect(try await namespace.contains("b"))
            #expect(try await namespace.withValue(for: "c") { $0.byteCount } == 1)
            #expect(try await namespace.getMany(["a", "x", "c"]) == [Array("1".utf8), nil, Array("3".utf8)])
            try await namespace.delete("a")
            #expect(try await !namespace.contains("a"))
            try await namespace.deleteRange(.prefix("b"))
            #expect(try await !namespace.contains("b"))
            let count = try await namespace.update { update in
                update.put("d", "4")
                return try update.get("c")?.count
            }
            #expect(count == 1)
            try await namespace.flush()
            #expect(try await namespace.get("d") == Array("4".utf8))
            try await namespace.compact()
            try await namespace.sync()
            try await namespace.reopen()
            #expect(try await namespace.get("d") == Array("4".utf8))
            let other = try await store.createNamespace("other")
            try await other.put("k", "v")
            #expect(try await store.namespaces().map(\.name) == ["other", "test"])
            try await store.dropNamespace("other")
            try await store.sync()
        }
    }

    @Test("Updates of a thousand tasks add up", arguments: [Durability.buffered, .synced])
    func updates(_ durability: Durability) async throws {
        try await withTemporaryStore { _, namespace in
            let results = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<1000 {
                    group.addTask {
                        try await namespace.update(durability: durability) { update in
                            let next =
                                try update.get("counter").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
                            update.put("counter", String(next + 1))
                            return next
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.sorted() == Array(0..<1000))
            #expect(try await namespace.get("counter") == Array("1000".utf8))
        }
    }

    @Test("An update that throws takes only its own writes with it")
    func failingUpdates() async throws {
        struct Refused: Error {}
        try await withTemporaryStore { _, namespace in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        try? await namespace.update { update in
                            update.put("key/\(number)", "v")
                            if number.isMultiple(of: 3) { throw Refused() }
                        }
                    }
                }
            }
            for number in 0..<200 {
                let isThere = try await namespace.contains("key/\(number)")
                #expect(isThere == !number.isMultiple(of: 3))
            }
        }
    }

    @Test("Synced commits of many tasks are merged and all there")
    func syncedCommits() async throws {
        try await withTemporaryStore { _, namespace in
            let before = try #require(Int(await namespace.property("rocksdb.estimate-num-keys") ?? ""))
            try await withThrowingTaskGroup(of: CommitReceipt.self) { group in
                for number in 0..<1000 {
                    group.addTask { try await namespace.put("key/\(number)", "value", durability: .synced) }
                }
                for try await receipt in group { #expect(receipt.isDurable) }
            }
            #expect(before == 0)
            #expect(try await namespace.getMany((0..<1000).map { "key/\($0)" }).allSatisfy { $0 != nil })
        }
    }

    @Test("A receipt says when its commit is durable")
    func receipts() async throws {
        var configuration = StoreConfiguration.tiny
        configuration.walSyncInterval = nil
        try await withTemporaryStore(configuration) { _, namespace in
            let receipt = try await namespace.put("a", "1")
            #expect(!receipt.isDurable)
            let later = try await namespace.put("b", "2")
            try await receipt.waitUntilDurable()
            #expect(receipt.isDurable)
            #expect(later.isDurable)
            let unlogged = try await namespace.put("c", "3", durability: .unlogged)
            #expect(!unlogged.isDurable)
            try await unlogged.waitUntilDurable()
            let last = try await namespace.put("d", "4")
            try await namespace.reopen()
            try await last.waitUntilDurable()
            #expect(last.isDurable)
        }
    }

    @Test("A cancelled task writes nothing or finishes")
    func cancellation() async throws {
        try await withTemporaryStore { _, namespace in
            for round in 0..<200 {
                let task = Task { try await namespace.put("key/\(round)", "value", durability: .synced) }
                if round.isMultiple(of: 2) { await Task.yield() }
                task.cancel()
                let outcome = await task.result
                let isThere = try await namespace.contains("key/\(round)")
                switch outcome {
                case .success: #expect(isThere)
                case .failure(let error):
                    #expect(error is CancellationError)
                    #expect(!isThere)
                }
            }
        }
    }

    @Test("Tasks that wait for the store leave the threads of Swift concurrency to others")
    func unrelatedWork() async throws {
        try await withTemporaryStore { _, namespace in
            // Everything below waits behind this: the update section is held on an I/O thread.
            let release = DispatchSemaphore(value: 0)
            let isHeld = DispatchSemaphore(value: 0)
            let holder = Task {
                try await namespace.update { _ in
                    isHeld.signal()
                    release.wait()
                }
            }
            await Task.detached { isHeld.waitOffPool() }.value
            let cores = ProcessInfo.processInfo.activeProcessorCount
            let blocked = (0..<(cores * 8)).map { number in
                Task { try await namespace.update { $0.put("blocked/\(number)", "v") } }
            }
            // More tasks wait than there are threads; unrelated ones still run.
            let unrelated = await withTaskGroup(of: Int.self) { group in
                for number in 0..<100 { group.addTask { number } }
                return await group.reduce(0, +)
            }
            #expect(unrelated == 4950)
            release.signal()
            try await holder.value
            for task in blocked { try await task.value }
            #expect(try await namespace.contains("blocked/\(cores * 8 - 1)"))
        }
    }
}

extension DispatchSemaphore {
    /// Waits; named so that it can be called from an async context, where the caller knows that it is soon over.
    fileprivate func waitOffPool() { wait() }
}
