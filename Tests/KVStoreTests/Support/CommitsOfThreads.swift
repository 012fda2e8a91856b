import KVStore
import Testing

/// Plain commits of several threads at the same time, each to keys of its own: puts, deletions and batches in turn.
struct CommitsOfThreads {
    let threads: Int
    let rounds: Int
    let durability: Durability

    /// Makes them, and expects of each that it comes after the thread's one before and can be read at once.
    func make(in namespace: Namespace) throws {
        try onThreads(threads) { thread in
            var last: UInt64 = 0
            for round in 0..<rounds {
                let receipt = try commit(round, of: thread, to: namespace)
                #expect(receipt.durability == durability && receipt.sequence > last)
                #expect(receipt.isDurable || durability != .synced)
                last = receipt.sequence
                #expect(try namespace.contains("\(thread)/\(round)") == (round % 4 != 1))
            }
        }
    }

    private func commit(_ round: Int, of thread: Int, to namespace: Namespace) throws -> CommitReceipt {
        switch round % 4 {
        case 0: try namespace.put("\(thread)/\(round)", "value", durability: durability)
        case 1: try namespace.delete("\(thread)/\(round - 1)", durability: durability)
        default:
            try namespace.write(durability: durability) { batch in
                batch.put("\(thread)/\(round)", "value")
                batch.put("\(thread)/last", "\(round)")
            }
        }
    }

    /// Expects what all of them leave behind.
    func check(_ namespace: Namespace) throws {
        for thread in 0..<threads {
            #expect(try namespace.get("\(thread)/last") == "\(rounds - 1)".bytes)
            for round in 0..<rounds {
                #expect(try namespace.contains("\(thread)/\(round)") == (round % 4 >= 2))
            }
        }
    }
}
