import KVStore
import Testing

/// Synced plain commits of threads that wait at the same time share a write and a sync.
@Suite("Synced commits of many threads")
struct SyncedCommitTests {
    @Test("All of them are there, each thread's in its order, and they share syncs", arguments: [4, 32])
    func sharing(_ threads: Int) throws {
        try withTemporaryFolder { folder in
            let commits = CommitsOfThreads(threads: threads, rounds: 40, durability: .synced)
            try withStore(at: folder) { store in
                let namespace = try store.createNamespace("orders")
                let before = try namespace.logSyncs()
                try commits.make(in: namespace)
                let syncs = try namespace.logSyncs() - before
                print("\(threads * 40) synced commits in \(syncs) syncs")
                #expect(syncs < threads * 40)
            }
            try withStore(at: folder) { try commits.check($0.namespace("orders")) }
        }
    }

    @Test("Commits too large to be merged, and of other durabilities, go beside them")
    func mixed() throws {
        try withTemporaryStore { _, namespace in
            let large = [UInt8](repeating: 1, count: 600_000)
            try onThreads(8) { thread in
                for round in 0..<6 {
                    let durability = [Durability.synced, .buffered, .unlogged][thread % 3]
                    try namespace.put("\(thread)/\(round)", large, durability: durability)
                    try namespace.put("small/\(thread)/\(round)", "value", durability: .synced)
                }
            }
            #expect(try namespace.entries().collect().count == 96)
        }
    }

    @Test("In a namespace with a time to live, and with a merge operator, too")
    func formats() throws {
        try withTemporaryStore { store, _ in
            let expiring = try store.createNamespace("ttl", options: NamespaceOptions(timeToLive: .seconds(3600)))
            let counting = try store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
            try onThreads(8) { thread in
                for round in 0..<10 {
                    try expiring.put("\(thread)/\(round)", "value", durability: .synced)
                    try counting.merge("sum", [1, 0, 0, 0, 0, 0, 0, 0], durability: .synced)
                }
            }
            #expect(try expiring.entries().collect().count == 80)
            #expect(try counting.get("sum") == [80, 0, 0, 0, 0, 0, 0, 0])
        }
    }
}
