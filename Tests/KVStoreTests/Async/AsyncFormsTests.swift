import Foundation
import Testing

@testable import KVStore

@Suite("Async forms of everything that can wait")
struct AsyncFormsTests {
    /// A store of small files, so that a namespace has many and reads of it go to files.
    private func withNamespace(
        merges: Bool = false, timeToLive: Duration? = nil, _ body: (Store, Namespace) async throws -> Void
    ) async throws {
        var configuration = StoreConfiguration.tiny
        configuration.blockCache = .shared(.kibibytes(0))
        try await withTemporaryStore(configuration) { store, _ in
            let options = NamespaceOptions(mergeOperator: merges ? .add64 : nil, timeToLive: timeToLive)
            try await body(store, try await store.createNamespace("sums", options: options))
        }
    }

    @Test("A snapshot is read as it was, from memory and from files", arguments: [nil, Duration.seconds(1000)])
    func snapshots(_ timeToLive: Duration?) async throws {
        try await withNamespace(timeToLive: timeToLive) { _, namespace in
            for inFile in [false, true] {
                for key in ["a", "b", "c"] { try await namespace.put(key, "old \(key)") }
                if inFile { try await namespace.flush() }
                let snapshot = try await namespace.snapshot()
                for key in ["a", "b", "d"] { try await namespace.put(key, "new \(key)") }
                try await namespace.delete("c")
                #expect(try await snapshot.get("a") == "old a".bytes)
                #expect(try await snapshot.get("d") == nil)
                #expect(try await snapshot.contains("c"))
                #expect(try await !snapshot.contains("d"))
                #expect(try await snapshot.withValue(for: "b") { String($0) } == "old b")
                #expect(try await snapshot.withValue(for: "d") { String($0) } == nil)
                if let value = try await snapshot.pinned("c") { #expect(value.withBytes { String($0) } == "old c") }
                #expect(try await snapshot.getMany(["c", "d", "a"]) == ["old c".bytes, nil, "old a".bytes])
                let read: @Sendable (inout Cursor) throws -> [String] = { cursor in
                    var read: [String] = []
                    while try cursor.next() { read.append(String(cursor.value)) }
                    return read
                }
                #expect(try await snapshot.withCursor { try read(&$0) } == ["old a", "old b", "old c"])
                #expect(try await snapshot.withCursor("b"..., read) == ["old b", "old c"])
                #expect(try await namespace.withCursor { try read(&$0) } == ["new a", "new b", "new d"])
                var first = ScanOptions()
                first.limit = 1
                #expect(try await namespace.withCursor(.all, options: first, read) == ["new a"])
                let entries = try await snapshot.entries().collect()
                #expect(entries.map(\.value) == ["old a".bytes, "old b".bytes, "old c".bytes])
                try await namespace.deleteRange(.all)
            }
        }
    }

    @Test("What tells of a namespace opens it where it has to")
    func telling() async throws {
        try await withTemporaryFolder { folder in
            let sequence = try withStore(at: folder) { store in
                let namespace = try store.createNamespace("test")
                for number in 0..<100 { try namespace.put("key/\(number)", String(repeating: "value ", count: 100)) }
                try namespace.flush()
                return try namespace.latestSequence()
            }
            for call in 0..<6 {
                let store = try await Store.open(at: folder, configuration: .tiny)
                let namespace = try await store.namespace("test")
                #expect(store.memoryUsage.openNamespaces == 0)
                // The second time it is open.
                for _ in 0..<2 {
                    switch call {
                    case 0: #expect(try await namespace.latestSequence() == sequence)
                    case 1: #expect(try await namespace.approximateCount() == 100)
                    case 2: #expect(try await namespace.approximateSize().bytes > 0)
                    case 3: #expect(try await namespace.property("rocksdb.estimate-num-keys") == "100")
                    case 4: #expect(try await namespace.property("no such") == nil)
                    default: #expect(try await namespace.snapshot().contains("key/0"))
                    }
                    #expect(store.memoryUsage.openNamespaces == 1)
                }
                try await store.close()
            }
        }
    }

    @Test("Entries are read one by one, all at once and in a loop, and what was read ahead is not lost")
    func entries() async throws {
        try await withTemporaryStore { _, namespace in
            let keys = (100..<400).map { "\($0)" }
            try await namespace.write { batch in for key in keys { batch.put(key, "v") } }
            let entries = namespace.entries()
            var read: [String] = []
            func note(_ entry: Entry?) { read.append(entry.map { String(decoding: $0.key, as: UTF8.self) } ?? "none") }
            note(try await entries.next())
            for try await entry in entries {
                note(entry)
                if read.count == 50 { break }
            }
            for entry in try await entries.collect(limit: 70) { note(entry) }
            try inThisTask { note(try entries.next()) }
            try await entries.forEach { entry in note(entry) }
            note(try await entries.next())
            #expect(read == keys + ["none"])
            #expect(try await namespace.entries(reversed: true, limit: 3).collect().count == 3)
            #expect(try await entries.collect().isEmpty)
        }
    }

    @Test("A task that is cancelled before gets nothing done")
    func cancelled() async throws {
        try await withNamespace(merges: true) { store, namespace in
            try await namespace.put("key", MergeOperator.number(1))
            let snapshot = try await namespace.snapshot()
            let sequence = try await namespace.latestSequence()
            let ofSnapshots: [(name: String, use: @Sendable (Snapshot) async throws -> Void)] = [
                ("get", { _ = try await $0.get("key") }),
                ("contains", { _ = try await $0.contains("key") }),
                ("pinned", { _ = try await $0.pinned("key") }),
                ("withValue", { _ = try await $0.withValue(for: "key") { $0.byteCount } }),
                ("getMany", { _ = try await $0.getMany(["key"]) }),
                ("withCursor", { _ = try await $0.withCursor { try $0.next() } }),
                ("collect", { _ = try await $0.entries().collect() }),
            ]
            let calls =
                asyncUsesOfANamespace.map { (name, use) in (name, { @Sendable () in try await use(namespace) }) }
                + ofSnapshots.map { (name, use) in ("snapshot's \(name)", { @Sendable () in try await use(snapshot) }) }
            for (name, call) in calls {
                let task = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    try await call()
                }
                await #expect(throws: CancellationError.self, "\(name)") { try await task.value }
            }
            #expect(try await namespace.latestSequence() == sequence)
            #expect(try await store.namespaces().count == 2)
        }
    }

    @Test("Tasks that wait for a namespace that lets no call in leave the threads of Swift concurrency to others")
    func closedGate() async throws {
        try await withNamespace(merges: true) { _, namespace in
            try await namespace.put("key", MergeOperator.number(1))
            let snapshot = try await namespace.snapshot()
            let (isClosed, opens) = (Flag(), Flag())
            let holder = RunningThread {
                try namespace.slot.quiesced(.get) { (_) throws(StoreError) in
                    isClosed.set()
                    while !opens.isSet { usleep(1000) }
                }
            }
            try #require(await eventuallySet(isClosed))
            let cores = ProcessInfo.processInfo.activeProcessorCount
            let leftOut: Set<String> = ["reopen", "changes", "changes of a consumer"]
            var waiting: [Task<Void, any Error>] = []
            for (name, use) in asyncUsesOfANamespace where !leftOut.contains(name) {
                for _ in 0..<(cores + 1) { waiting.append(Task.detached { try await use(namespace) }) }
            }
            for _ in 0..<(cores + 1) {
                waiting.append(Task.detached { _ = try await snapshot.get("key") })
                waiting.append(Task.detached { _ = try await snapshot.withValue(for: "key") { $0.byteCount } })
                waiting.append(Task.detached { _ = try await snapshot.entries().next() })
            }
            // What is told from memory does not wait at all.
            _ = (namespace.name, namespace.durabilityLag, namespace.store.memoryUsage, namespace.store.memoryBudget)
            #expect(try namespace.attributes.isEmpty)
            #expect(try namespace.tuning.memtableSize == .mebibytes(4))
            let isDone = Flag()
            let unrelated = Task.detached {
                for _ in 0..<3 { await Task.yield() }
                isDone.set()
            }
            let isFree = try await eventuallySet(isDone)
            opens.set()
            try holder.get()
            await unrelated.value
            for task in waiting { _ = await task.result }
            #expect(isFree, "tasks wait on threads that others need")
        }
    }
}

/// Runs what is synchronous in a task that knows that it does not wait.
private func inThisTask<Result>(_ body: () throws -> Result) rethrows -> Result { try body() }
