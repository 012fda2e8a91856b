import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Changes")
struct ChangesTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// The next `count` changes after a sequence number.
    private func next(_ count: Int, of namespace: Namespace, since sequence: UInt64) async throws -> [Change] {
        var changes: [Change] = []
        guard count > 0 else { return changes }
        for try await change in namespace.changes(since: sequence) {
            changes.append(change)
            if changes.count == count { break }
        }
        return changes
    }

    private static var retaining: StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        configuration.namespaceTuning.walRetention = .seconds(3600)
        return configuration
    }

    @Test("Every commit arrives whole and in order, with its sequence number")
    func order() async throws {
        try await withTemporaryStore { _, namespace in
            let start = try await namespace.latestSequence()
            var receipts = [try await namespace.put("a", "1")]
            receipts.append(
                try await namespace.write { batch in
                    batch.put("b", "2")
                    batch.delete("a")
                    batch.deleteRange(KeyRange(from: "x", to: "z"))
                })
            receipts.append(try await namespace.delete("b", durability: .synced))
            let changes = try await next(3, of: namespace, since: start)
            #expect(changes.map(\.sequence) == receipts.map(\.sequence))
            #expect(changes[0].writes == [.put(key: bytes("a"), value: bytes("1"))])
            #expect(
                changes[1].writes == [
                    .put(key: bytes("b"), value: bytes("2")), .delete(key: bytes("a")),
                    .deleteRange(lower: bytes("x"), upper: bytes("z")),
                ])
            #expect(changes[2].writes == [.delete(key: bytes("b"))])
            // From the middle, and from within a batch.
            let rest = try await next(2, of: namespace, since: receipts[0].sequence)
            #expect(rest == Array(changes[1...]))
            let part = try await next(1, of: namespace, since: receipts[0].sequence + 2)
            #expect(part.first?.writes == [changes[1].writes[2]])
        }
    }

    @Test("A loop at the end waits for commits and gets each of them, from many writers")
    func following() async throws {
        try await withTemporaryStore { _, namespace in
            let start = try await namespace.latestSequence()
            let reader = Task {
                var seen: [[UInt8]] = []
                var last = start
                for try await change in namespace.changes(since: start) {
                    #expect(change.sequence > last)
                    last = change.sequence
                    for case .put(let key, _) in change.writes { seen.append(key) }
                    if seen.count == 2000 { break }
                }
                return seen
            }
            try await Task.sleep(for: .milliseconds(50))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        for number in 0..<500 {
                            try await namespace.put("\(writer)/\(number)", "v")
                            if number == 250 { try await namespace.sync() }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let seen = try await reader.value
            #expect(Set(seen).count == 2000)
            for writer in 0..<4 {
                let own = seen.filter { $0.first == UInt8(ascii: "0") + UInt8(writer) }
                #expect(own == (0..<500).map { bytes("\(writer)/\($0)") })
            }
        }
    }

    @Test("A retained log is read over flushes and after the store was closed")
    func restart() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            var sequences: [UInt64] = []
            do {
                let store = try await Store.open(at: path, configuration: Self.retaining)
                let namespace = try await store.createNamespace("test")
                for number in 0..<5 {
                    sequences.append(try await namespace.put("\(number)", "v").sequence)
                    try await namespace.flush()
                }
                #expect(try await next(5, of: namespace, since: sequences[0] - 1).map(\.sequence) == sequences)
                try await store.close()
            }
            let store = try await Store.open(at: path, configuration: Self.retaining)
            let namespace = try await store.namespace("test")
            sequences.append(try await namespace.put("5", "v").sequence)
            #expect(try await next(6, of: namespace, since: sequences[0] - 1).map(\.sequence) == sequences)
            try await store.close()
        }
    }

    @Test("What is no longer in the log is an error that names the oldest that is")
    func gap() async throws {
        try await withTemporaryStore { _, namespace in
            let start = try await namespace.latestSequence()
            try await namespace.put("a", "1")
            try await namespace.flush()
            let error = await #expect(throws: StoreError.self) { try await next(1, of: namespace, since: start) }
            #expect(error?.code == .changesMissing)
            let kept = try await namespace.put("b", "2")
            let second = await #expect(throws: StoreError.self) { try await next(1, of: namespace, since: start) }
            #expect(second?.code == .changesMissing)
            #expect(second?.message.contains("has the number \(kept.sequence)") == true)
            #expect(try await next(1, of: namespace, since: kept.sequence - 1).first?.sequence == kept.sequence)
        }
    }

    @Test("Unlogged commits and loads are a gap, and reading goes on behind them")
    func holes() async throws {
        try await withTemporaryStore { _, namespace in
            let first = try await namespace.put("a", "1")
            try await namespace.put("b", "2", durability: .unlogged)
            let last = try await namespace.put("c", "3")
            let error = await #expect(throws: StoreError.self) {
                try await next(2, of: namespace, since: first.sequence - 1)
            }
            #expect(error?.code == .changesMissing)
            #expect(try await next(1, of: namespace, since: last.sequence - 1).count == 1)
            try await namespace.ingest([(key: "c", value: "4")])
            let loaded = try await namespace.latestSequence()
            let behind = try await namespace.put("d", "5")
            #expect(try await next(1, of: namespace, since: loaded).map(\.sequence) == [behind.sequence])
        }
    }

    /// What reading the changes since a number ends with, which has to come soon.
    private func ending(_ namespace: Namespace, since sequence: UInt64) async throws -> StoreError? {
        let reader = Task { try await next(.max, of: namespace, since: sequence) }
        let watch = Task {
            try await Task.sleep(for: .seconds(30))
            reader.cancel()
        }
        defer { watch.cancel() }
        return await #expect(throws: StoreError.self) { _ = try await reader.value }
    }

    @Test(
        "A load is never passed over, whatever was there",
        arguments: [[], ["a"], ["a", "c"], ["b"], ["a", "flush"], ["b", "flush", "c"]], [1, 3])
    func loads(_ before: [String], _ count: Int) async throws {
        for retains in [false, true] {
            try await withTemporaryStore(retains ? Self.retaining : .tiny) { store, namespace in
                for key in before {
                    if key == "flush" { try await namespace.flush() } else { try await namespace.put(key, "old") }
                }
                let start = try await namespace.latestSequence()
                let reader = Task { try await ending(namespace, since: start)?.code }
                // Most often it waits by now; it must not matter.
                try await Task.sleep(for: .milliseconds(20))
                try await namespace.ingest((0..<count).map { (key: "b\($0)", value: "new") })
                #expect(try await reader.value == .changesMissing)
                let loaded = try await namespace.latestSequence()
                #expect(loaded > start)
                let behind = try await namespace.put("d", "5")
                #expect(try await ending(namespace, since: start)?.code == .changesMissing)
                let changes = try await next(1, of: namespace, since: loaded)
                #expect(changes.map(\.sequence) == [behind.sequence])
                #expect(changes.map(\.writes.count) == [1])
                // Nor by a reader in another place, and not after opening anew.
                try await withFollower(store) { follower in
                    let copy = try await follower.namespace("test")
                    #expect(try await ending(copy, since: start)?.code == .changesMissing)
                    #expect(try await next(1, of: copy, since: loaded).map(\.sequence) == [behind.sequence])
                }
                try await namespace.reopen()
                #expect(try await ending(namespace, since: start)?.code == .changesMissing)
                if retains {
                    #expect(try await next(1, of: namespace, since: loaded).map(\.sequence) == [behind.sequence])
                }
            }
        }
    }

    private func withFollower(_ store: Store, _ body: (Store) async throws -> Void) async throws {
        let follower = try await Store.open(at: store.path, configuration: .tiny(.follower))
        try await body(follower)
        try await follower.close()
    }

    @Test("In a copy, where logs of a tuning are not, the oldest that is there is named", arguments: [true, false])
    func copied(_ loads: Bool) async throws {
        try await withTemporaryStore(Self.retaining) { store, namespace in
            for key in ["a", "c", "d"] { try await namespace.put(key, "old") }
            if loads {
                // Written to a table file first, since what is loaded lies among it.
                try await namespace.ingest([(key: "a", value: "new"), (key: "c", value: "new")])
            } else {
                try await namespace.flush()
            }
            try await namespace.put("b", "value")
            let target = store.path.removingLastComponent().appending("copy")
            try await store.checkpoint(to: target)
            let copy = try await Store.open(at: target, configuration: Self.retaining)
            let copied = try await copy.namespace("test")
            let last = try await copied.put("last", "value").sequence
            let error = try await ending(copied, since: 0)
            #expect(error?.code == .changesMissing)
            let oldest = try #require(error?.oldestChange)
            var seen: [UInt64] = []
            for try await change in copied.changes(since: oldest - 1) {
                seen.append(change.sequence)
                if change.sequence >= last { break }
            }
            #expect(seen.last == last)
            try await copy.close()
        }
    }

    @Test("A number that the namespace has not come to is refused")
    func future() async throws {
        try await withTemporaryStore { _, namespace in
            let beyond = try await namespace.latestSequence() + 10
            let error = await #expect(throws: StoreError.self) { try await next(1, of: namespace, since: beyond) }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test("Values are told as they were written: merges, times to live, the metadata column family")
    func formats() async throws {
        try await withTemporaryStore { store, _ in
            let sums = try await store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
            let start = try await sums.latestSequence()
            try await sums.merge("k", MergeOperator.number(3))
            #expect(
                try await next(1, of: sums, since: start).first?.writes
                    == [.merge(key: bytes("k"), operand: MergeOperator.number(3))])
            let brief = try await store.createNamespace("brief", options: NamespaceOptions(timeToLive: .seconds(9)))
            let before = try await brief.latestSequence()
            try await brief.put("k", "value")
            #expect(
                try await next(1, of: brief, since: before).first?.writes
                    == [.put(key: bytes("k"), value: bytes("value"))])
            // The catalog shares its log.
            let metadataStart = try await store.metadata.latestSequence()
            try await store.createNamespace("third")
            try await store.metadata.put("k", "v")
            #expect(
                try await next(1, of: store.metadata, since: metadataStart).first?.writes
                    == [.put(key: bytes("k"), value: bytes("v"))])
        }
    }

    @Test("A cancelled loop ends, one of a closed store says so, and neither keeps the store from opening again")
    func endings() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            let store = try await Store.open(at: path, configuration: .tiny)
            let namespace = try await store.createNamespace("test")
            try await namespace.put("a", "1")
            let start = try await namespace.latestSequence() - 1
            func follow() -> Task<Int, any Error> {
                Task {
                    var count = 0
                    for try await _ in namespace.changes(since: start) { count += 1 }
                    return count
                }
            }
            let cancelled = follow()
            let left = follow()
            try await Task.sleep(for: .milliseconds(100))
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            try await store.close()
            let error = await #expect(throws: StoreError.self) { try await left.value }
            #expect(error?.code == .closed)
            let again = try await Store.open(at: path, configuration: .tiny)
            try await again.close()
        }
    }

    @Test("A loop goes on where it was when the namespace is reopened")
    func reopened() async throws {
        try await withTemporaryStore(Self.retaining) { _, namespace in
            let start = try await namespace.latestSequence()
            let reader = Task { try await next(2, of: namespace, since: start).map(\.writes.count) }
            try await namespace.put("a", "1")
            try await Task.sleep(for: .milliseconds(100))
            // The loop lets the database go when it notices.
            var tries = 0
            while true {
                do {
                    try await namespace.reopen()
                    break
                } catch let error as StoreError where error.code == .alreadyOpen && tries < 600 {
                    tries += 1
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            try await namespace.put("b", "2")
            #expect(try await reader.value == [1, 1])
        }
    }
}
