import Foundation
import KVStore
import Testing

@Suite("Updates of many threads")
struct UpdateConcurrencyTests {
    @Test("Counters add up, and each number is given once", arguments: Variant.allCases)
    func counters(_ variant: Variant) throws {
        let (threads, rounds) = variant == .before ? (8, 25) : (8, 200)
        try withTemporaryFolder { folder in
            try withStore(at: folder, variant.configuration) { store in
                let namespace = try store.createNamespace("counters")
                let stop = Flag()
                // Beside them, plain writes of other keys.
                let writers = (0..<2).map { writer in
                    RunningThread {
                        var round = 0
                        while !stop.isSet {
                            try namespace.put("plain/\(writer)/\(round % 50)", "\(round)")
                            try namespace.write { $0.delete("plain/\(writer)/\((round + 25) % 50)") }
                            round += 1
                        }
                    }
                }
                let given = try onThreads(threads) { thread in
                    try (0..<rounds).map { round in
                        try namespace.update { update in
                            let counter = (thread + round) % 3
                            let number = try update.number("counter/\(counter)")
                            update.put("counter/\(counter)", "\(number + 1)")
                            let total = try update.number("total")
                            update.put("total", "\(total + 1)")
                            return (counter, number)
                        }
                    }
                }
                stop.set()
                for writer in writers { try writer.get() }
                for counter in 0..<3 {
                    let numbers = given.joined().filter { $0.0 == counter }.map(\.1).sorted()
                    #expect(numbers == Array(0..<numbers.count))
                    #expect(try namespace.number("counter/\(counter)") == numbers.count)
                }
                #expect(try namespace.number("total") == threads * rounds)
            }
            let total = try withStore(at: folder, variant.configuration) {
                try $0.namespace("counters").number("total")
            }
            #expect(total == threads * rounds)
        }
    }

    @Test("In groups, one sees what those before it wrote before it is committed")
    func groups() throws {
        try withTemporaryStore { _, namespace in
            let before = try namespace.logSyncs()
            let (threads, rounds) = (16, 20)
            let seen = try onThreads(threads) { _ in
                try (0..<rounds).map { _ in
                    try namespace.update(durability: .synced) { update in
                        let number = try update.number("counter")
                        update.put("counter", "\(number + 1)")
                        return number
                    }
                }
            }
            #expect(seen.joined().sorted() == Array(0..<(threads * rounds)))
            // Had each waited for a sync of its own, there would be as many.
            let syncs = try namespace.logSyncs() - before
            print("\(threads * rounds) synced updates in \(syncs) groups")
            #expect(syncs < threads * rounds)
        }
    }

    @Test("One that throws takes only its own writes with it, and the others of its group are committed")
    func throwingInAGroup() throws {
        struct Refused: Error {}
        try withTemporaryFolder { folder in
            let (threads, rounds) = (16, 25)
            @Sendable func throwsAt(_ thread: Int, _ round: Int) -> Bool { (thread + round).isMultiple(of: 3) }
            try withStore(at: folder) { store in
                let namespace = try store.createNamespace("orders")
                try onThreads(threads) { thread in
                    for round in 0..<rounds {
                        do {
                            try namespace.update(durability: .synced) { update in
                                let count = try update.number("count")
                                update.put("count", "\(count + 1)")
                                update.put("\(thread)/\(round)", "value")
                                update.delete("nothing")
                                if throwsAt(thread, round) { throw Refused() }
                            }
                            #expect(!throwsAt(thread, round))
                        } catch is Refused {
                            #expect(throwsAt(thread, round))
                        }
                    }
                }
            }
            try withStore(at: folder) { store in
                let namespace = try store.namespace("orders")
                var expected = 0
                for thread in 0..<threads {
                    for round in 0..<rounds {
                        let isThere = try namespace.contains("\(thread)/\(round)")
                        #expect(isThere == !throwsAt(thread, round))
                        if isThere { expected += 1 }
                    }
                }
                #expect(try namespace.number("count") == expected)
            }
        }
    }

    @Test("A group is as durable as the most demanding of its members", arguments: [Durability.buffered, .unlogged])
    func mixedDurability(_ weaker: Durability) throws {
        try withTemporaryStore { _, namespace in
            try onThreads(8) { thread in
                for round in 0..<20 {
                    let durability = thread.isMultiple(of: 2) ? Durability.synced : weaker
                    try namespace.update(durability: durability) { $0.put("\(thread)/\(round)", "value") }
                }
            }
            #expect(try namespace.content().count == 160)
        }
    }

    @Test("Updates of different namespaces do not wait for each other")
    func independent() throws {
        try withTemporaryStore { store, namespace in
            let other = try store.createNamespace("other")
            let (isHeld, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let holder = RunningThread {
                try namespace.update { update in
                    isHeld.signal()
                    release.wait()
                    update.put("key", "value")
                }
            }
            isHeld.wait()
            try other.update { $0.put("key", "value") }
            // Reads and plain writes of the same namespace do not wait, either.
            try namespace.put("other", "value")
            #expect(try namespace.get("key") == nil)
            release.signal()
            try holder.get()
            #expect(try namespace.content().count == 2)
        }
    }
}

extension Namespace {
    /// How often the engine synced the log of the namespace since it was opened.
    func logSyncs() throws -> Int {
        let stats = try property("rocksdb.dbstats") ?? ""
        let match = try #require(stats.firstMatch(of: /Cumulative WAL:.*?, (\d+) syncs/))
        return try #require(Int(match.1))
    }
}
