import Glibc
import Synchronization
import Testing

@testable import KVStore

/// Buffered plain commits of threads that come at the same time share a write.
@Suite("Buffered commits of many threads")
struct BufferedCommitTests {
    @Test("All of them are there, each thread's in its order, and readable at once", arguments: [2, 4, 32])
    func sharing(_ threads: Int) throws {
        try withTemporaryFolder { folder in
            let commits = CommitsOfThreads(threads: threads, rounds: 400, durability: .buffered)
            try withStore(at: folder) { store in
                let namespace = try store.createNamespace("orders")
                try commits.make(in: namespace)
                try namespace.put("end", "").waitUntilDurable()
            }
            try withStore(at: folder) { try commits.check($0.namespace("orders")) }
        }
    }

    @Test("Commits of other durabilities, large ones, updates, and a namespace's own formats go beside them")
    func mixed() throws {
        try withTemporaryStore { store, namespace in
            let expiring = try store.createNamespace("ttl", options: NamespaceOptions(timeToLive: .seconds(3600)))
            let counting = try store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
            let large = [UInt8](repeating: 1, count: 50_000)
            try onThreads(12) { thread in
                let durability = [Durability.synced, .buffered, .unlogged][thread % 3]
                for round in 0..<20 {
                    try namespace.put("large/\(thread)/\(round)", large, durability: durability)
                    try namespace.put("small/\(thread)/\(round)", "value")
                    try namespace.update { txn in
                        let count = try txn.get("count").map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 } ?? 0
                        txn.put("count", "\(count + 1)")
                    }
                    try expiring.put("\(thread)/\(round)", "value")
                    try counting.merge("sum", [1, 0, 0, 0, 0, 0, 0, 0])
                }
            }
            #expect(try namespace.entries().collect().count == 481)
            #expect(try namespace.get("count") == "240".bytes)
            #expect(try expiring.entries().collect().count == 240)
            #expect(try counting.get("sum") == [240, 0, 0, 0, 0, 0, 0, 0])
        }
    }

    @Test("A failed write fails the commits that were in it and no others, and each is in one write")
    func failure() throws {
        let combiner = FlatCombiner()
        let writes = WrittenTexts()
        let outcomes = try onThreads(8) { thread in
            (0..<500).map { round -> (key: String, succeeded: Bool) in
                let key = "<\(thread)/\(round)>"
                var batch = WriteBatch()
                batch.put(key, round % 7 == 0 ? "fail" : "value")
                let representation = batch.representation
                do throws(EngineFailure) {
                    try combiner.commit(
                        alone: { (_) throws(EngineFailure) in try writes.write(representation) },
                        representation: { representation },
                        write: { (merged) throws(EngineFailure) in try writes.write(merged) })
                    return (key, true)
                } catch {
                    return (key, false)
                }
            }
        }
        let written = writes.succeeded.joined()
        let failed = writes.failed.joined()
        for (key, succeeded) in outcomes.joined() {
            let places = [written, failed].map { $0.ranges(of: key).count }
            #expect(places == (succeeded ? [1, 0] : [0, 1]), "\(key)")
        }
        let count = writes.succeeded.count + writes.failed.count
        print("\(8 * 500) commits in \(count) writes, \(writes.failed.count) of which failed")
        #expect(!writes.failed.isEmpty)
    }

    @Test("Who waits for a write that takes long sleeps, and is woken")
    func longWrite() throws {
        let combiner = FlatCombiner()
        let began = Flag()
        let mayEnd = Flag()
        let written = Atomic(0)
        let slow = RunningThread {
            try combiner.commit(
                alone: { (_) throws(EngineFailure) in
                    began.set()
                    _ = eventually { mayEnd.isSet }
                },
                representation: { [] }, write: { (_) throws(EngineFailure) in })
        }
        #expect(eventually { began.isSet })
        let others = RunningThread {
            try onThreads(6) { thread -> Double in
                var batch = WriteBatch()
                batch.put("\(thread)", "value")
                let representation = batch.representation
                let before = threadSeconds()
                try combiner.commit(
                    alone: { (_) throws(EngineFailure) in written.add(1, ordering: .relaxed) },
                    representation: { representation },
                    write: { (merged) throws(EngineFailure) in
                        written.add(Int(merged[8]), ordering: .relaxed)
                    })
                return threadSeconds() - before
            }
        }
        #expect(!eventually(within: 0.3) { written.load(ordering: .relaxed) > 0 })
        mayEnd.set()
        try slow.get()
        let seconds = try others.get()
        #expect(written.load(ordering: .relaxed) == 6)
        #expect(seconds.allSatisfy { $0 < 0.1 }, "CPU of each: \(seconds)")
    }
}

extension BufferedCommitTests {
    @Test("Two at a time are in an engine with pipelined writes, and who comes third waits", arguments: [true, false])
    func lanes(_ isPipelined: Bool) throws {
        let combiner = FlatCombiner(hasSecondLane: isPipelined)
        let inside = Atomic(0)
        let mayEnd = Flag()
        @Sendable func commit() throws(EngineFailure) {
            var batch = WriteBatch()
            batch.put("key", "value")
            let representation = batch.representation
            try combiner.commit(
                alone: { (_) throws(EngineFailure) in
                    inside.add(1, ordering: .relaxed)
                    _ = eventually { mayEnd.isSet }
                },
                representation: { representation },
                write: { (merged) throws(EngineFailure) in inside.add(Int(merged[8]), ordering: .relaxed) })
        }
        let commits = (0..<5).map { _ in RunningThread { try commit() } }
        let lanes = isPipelined ? 2 : 1
        #expect(eventually { inside.load(ordering: .relaxed) == lanes })
        #expect(!eventually(within: 0.2) { inside.load(ordering: .relaxed) > lanes })
        mayEnd.set()
        for commit in commits { try commit.get() }
        #expect(inside.load(ordering: .relaxed) == 5)
    }

    @Test("Where groups are large, the first lane goes alone; where they are small, the second opens again")
    func narrowing() throws {
        let combiner = FlatCombiner(hasSecondLane: true)
        func commit(_ threads: Int) throws -> Int {
            let lanes = Atomic(0)
            let mayEnd = Flag()
            let commits = (0..<threads).map { _ in
                RunningThread {
                    try combiner.commit(
                        alone: { (lane) throws(EngineFailure) in
                            lanes.add(1, ordering: .relaxed)
                            _ = eventually { mayEnd.isSet }
                        },
                        representation: { WriteBatch().representation }, write: { (_) throws(EngineFailure) in })
                }
            }
            #expect(eventually { combiner.sleeping + lanes.load(ordering: .relaxed) == threads })
            mayEnd.set()
            for commit in commits { try commit.get() }
            return lanes.load(ordering: .relaxed)
        }
        #expect(try commit(10) == 2)
        #expect(try commit(2) == 1)
        #expect(try commit(2) == 2)
    }
}

/// What was written, as text, and what was refused. No two writes may be under way.
private final class WrittenTexts: @unchecked Sendable {  // the combiner lets one thread in at a time
    private(set) var succeeded: [String] = []
    private(set) var failed: [String] = []
    private let isBusy = Atomic(false)

    func write(_ representation: [UInt8]) throws(EngineFailure) {
        let wasBusy = isBusy.exchange(true, ordering: .acquiringAndReleasing)
        #expect(!wasBusy)
        defer { isBusy.store(false, ordering: .releasing) }
        let text = String(decoding: representation, as: UTF8.self)
        sched_yield()
        if text.contains("fail") {
            failed.append(text)
            throw .status("IO error: \(text.count)")
        }
        succeeded.append(text)
    }
}

/// The processor time of the calling thread.
private func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
