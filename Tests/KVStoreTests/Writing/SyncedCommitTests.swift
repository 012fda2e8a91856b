import KVStore
import Testing

/// Synced plain commits of threads that wait at the same time share a write and a sync.
@Suite("Synced commits of many threads")
struct SyncedCommitTests {
    @Test("All of them are there, each thread's in its order, and they share syncs", arguments: [4, 32])
    func sharing(_ threads: Int) throws {
        try withTemporaryFolder { folder in
            let rounds = 40
            try withStore(at: folder) { store in
                let namespace = try store.createNamespace("orders")
                let before = try namespace.logSyncs()
                try onThreads(threads) { thread in
                    var last: UInt64 = 0
                    for round in 0..<rounds {
                        let receipt =
                            switch round % 4 {
                            case 0: try namespace.put("\(thread)/\(round)", "value", durability: .synced)
                            case 1: try namespace.delete("\(thread)/\(round - 1)", durability: .synced)
                            default:
                                try namespace.write(durability: .synced) { batch in
                                    batch.put("\(thread)/\(round)", "value")
                                    batch.put("\(thread)/last", "\(round)")
                                }
                            }
                        #expect(receipt.isDurable && receipt.sequence > last)
                        last = receipt.sequence
                        // What was committed is there at once.
                        #expect(try namespace.contains("\(thread)/\(round)") == (round % 4 != 1))
                    }
                }
                let syncs = try namespace.logSyncs() - before
                print("\(threads * rounds) synced commits in \(syncs) syncs")
                #expect(syncs < threads * rounds)
            }
            try withStore(at: folder) { store in
                let namespace = try store.namespace("orders")
                for thread in 0..<threads {
                    #expect(try namespace.get("\(thread)/last") == "\(rounds - 1)".bytes)
                    for round in 0..<rounds {
                        #expect(try namespace.contains("\(thread)/\(round)") == (round % 4 >= 2))
                    }
                }
            }
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
