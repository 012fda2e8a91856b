import Foundation
import KVStore
import Synchronization
import Testing

@Suite("What an update reads is there: all that was acknowledged before the read")
struct UpdateReadsTests {
    /// A way in which `key` comes to be another, or to be gone.
    enum Route: CaseIterable {
        case put, syncedPut, unloggedPut, delete, batch, deleteRange, deleteEverything, storeWrite, ingest
        case asyncPut, asyncSyncedPut, asyncDelete, asyncBatch, asyncDeleteRange, asyncIngest
        /// Of both namespaces together, with the one under test not the first.
        case together

        func make(_ store: Store, _ namespace: Namespace, _ other: Namespace) throws -> [UInt8]? {
            switch self {
            case .put: try namespace.put("key", "500")
            case .syncedPut: try namespace.put("key", "500", durability: .synced)
            case .unloggedPut: try namespace.put("key", "500", durability: .unlogged)
            case .batch: try namespace.write { $0.put("key", "500") }
            case .storeWrite: try store.write { $0.put("key", "500", in: namespace) }
            case .together:
                guard store.layout == .singleDatabase else { fallthrough }
                try store.write { batch in
                    batch.put("key", "1", in: other)
                    batch.put("key", "500", in: namespace)
                }
            case .ingest: try namespace.ingest([(key: "key", value: "500")])
            case .asyncPut: try blocking { try await namespace.put("key", "500") }
            case .asyncSyncedPut: try blocking { try await namespace.put("key", "500", durability: .synced) }
            case .asyncBatch: try blocking { try await namespace.write { $0.put("key", "500") } }
            case .asyncIngest: try blocking { try await namespace.ingest([(key: "key", value: "500")]) }
            case .delete: try namespace.delete("key")
            case .deleteRange: try namespace.deleteRange(.prefix("k"))
            case .deleteEverything: try namespace.deleteRange(.all)
            case .asyncDelete: try blocking { try await namespace.delete("key") }
            case .asyncDeleteRange: try blocking { try await namespace.deleteRange(.all) }
            }
            switch self {
            case .delete, .deleteRange, .deleteEverything, .asyncDelete, .asyncDeleteRange: return nil
            default: return "500".bytes
            }
        }
    }

    @Test("Within a closure, whoever writes and by whatever way", arguments: Route.allCases)
    func withinAClosure(_ route: Route) async throws {
        try await onAThread {
            try withTemporaryStore { store, namespace in
                let other = try store.createNamespace("other")
                for isByAnotherThread in [false, true] {
                    for isUncommitted in [false, true] {
                        try namespace.put("key", "100")
                        // So that updates remember it.
                        #expect(try namespace.update { try $0.get("key") } == "100".bytes)
                        if isUncommitted { try namespace.update { $0.put("key", "100") } }
                        try namespace.update { update in
                            let before = try update.get("key")
                            let missing = try update.get("kex")
                            #expect(before == "100".bytes && missing == nil)
                            let expected =
                                isByAnotherThread
                                ? try RunningThread { try route.make(store, namespace, other) }.get()
                                : try route.make(store, namespace, other)
                            let (now, again) = (try update.get("key"), try update.get("key"))
                            #expect(now == expected && again == expected, "\(route)")
                            update.put("own", "1")
                        }
                        #expect(try namespace.get("own") == "1".bytes)
                    }
                }
            }
        }
    }

    @Test("So it is with merges")
    func merges() throws {
        try withTemporaryStore { store, _ in
            let sums = try store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
            try sums.merge("n", MergeOperator.number(100))
            let (before, after) = try sums.update { update in
                let before = try update.get("n")
                try sums.merge("n", MergeOperator.number(400))
                return (before, try update.get("n"))
            }
            #expect(before == MergeOperator.number(100) && after == MergeOperator.number(500))
        }
    }

    @Test("A counter that is set within the closure counts on from there")
    func counter() throws {
        try withTemporaryStore { _, namespace in
            func number(_ bytes: [UInt8]?) -> Int { bytes.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0 }
            try namespace.put("n", "100")
            for _ in 0..<2 { _ = try namespace.update { try $0.get("n") } }
            try namespace.update { update in
                try namespace.put("n", "500")
                let current = number(try update.get("n"))
                update.put("n", "\(current + 1)")
            }
            #expect(number(try namespace.get("n")) == 501)
        }
    }

    @Test("A closure's own write stays what it reads, and is what is there in the end")
    func ownWrites() throws {
        try withTemporaryStore { _, namespace in
            try namespace.update { update in
                update.put("key", "own")
                update.delete("gone")
                try namespace.put("key", "plain")
                try namespace.put("gone", "plain")
                let (key, gone) = (try update.get("key"), try update.get("gone"))
                #expect(key == "own".bytes && gone == nil)
            }
            #expect(try namespace.get("key") == "own".bytes)
            #expect(try namespace.get("gone") == nil)
        }
    }

    @Test("Updates of many threads never read less than what a plain writer was told is written")
    func acknowledged() throws {
        try withTemporaryStore { _, namespace in
            let acknowledged = Atomic(0)
            let isDone = Flag()
            let writer = RunningThread {
                defer { isDone.set() }
                for number in 1...3000 {
                    switch number % 3 {
                    case 0: try namespace.put("plain", "\(number)")
                    case 1: try namespace.write { $0.put("plain", "\(number)") }
                    default: try namespace.put("plain", "\(number)", durability: .unlogged)
                    }
                    acknowledged.store(number, ordering: .releasing)
                }
            }
            let counts = try onThreads(4) { thread in
                var count = 0
                while !isDone.isSet {
                    count += 1
                    try namespace.update { update in
                        for _ in 0..<3 {
                            let least = acknowledged.load(ordering: .acquiring)
                            let read = try update.get("plain").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
                            #expect(read >= least)
                        }
                        let counter = try update.get("count").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
                        update.put("count", "\(counter + 1)")
                    }
                }
                return count
            }
            try writer.get()
            #expect(try namespace.get("count") == "\(counts.reduce(0, +))".bytes)
        }
    }
}

/// Runs `body` on a thread of its own while the task is suspended: it may block.
@discardableResult
func onAThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Swift.Result { try body() }) }.start()
    }
}

/// Waits for what a task does. Not to be called on a thread of Swift concurrency.
@discardableResult
func blocking<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) throws -> Result {
    let ended = DispatchSemaphore(value: 0)
    nonisolated(unsafe) var outcome: Swift.Result<Result, any Error> = .failure(CancellationError())
    Task.detached {
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        ended.signal()
    }
    ended.wait()
    return try outcome.get()
}
