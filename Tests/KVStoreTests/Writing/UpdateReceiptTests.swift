import KVStore
import Testing

@Suite("Receipts of updates and transactions")
struct UpdateReceiptTests {
    @Test(
        "They tell the commit and its durability, and can be waited for",
        arguments: [nil, Durability.synced, .unlogged])
    func receipts(_ durability: Durability?) throws {
        try withTemporaryStore { _, namespace in
            var last: UInt64 = 0
            for round in 0..<4 {
                let isUpdate = round % 2 == 0
                let (result, receipt) =
                    isUpdate
                    ? try namespace.updateWithReceipt(durability: durability) { update in
                        update.put("a", "\(round)")
                        update.put("b", "\(round)")
                        return round
                    }
                    : try namespace.transactionWithReceipt(durability: durability) { txn in
                        try txn.put("a", "\(round)")
                        return round
                    }
                #expect(result == round)
                #expect(receipt.sequence > last)
                #expect(receipt.durability == durability ?? .buffered)
                if durability == .synced { #expect(receipt.isDurable) }
                try receipt.waitUntilDurable()
                // One without a log is known to be only when the store is closed.
                #expect(receipt.isDurable || durability == .unlogged)
                last = receipt.sequence
            }
        }
    }

    @Test("What wrote nothing has the receipt of a commit that wrote nothing")
    func readOnly() throws {
        try withTemporaryStore { _, namespace in
            try namespace.put("a", "1")
            for (value, receipt) in [
                try namespace.updateWithReceipt { try $0.get("a") },
                try namespace.transactionWithReceipt { try $0.get("a") },
            ] {
                #expect(value == "1".bytes && receipt.sequence == 0 && receipt.isDurable)
            }
        }
    }

    @Test("Updates that share a group have its receipt, as durable as the most demanding of them")
    func group() throws {
        try withTemporaryStore { _, namespace in
            let receipts = try onThreads(6) { thread in
                try (0..<50).map { round in
                    try namespace.updateWithReceipt(durability: thread == 0 ? .synced : .buffered) { update in
                        let count = try update.get("n").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
                        update.put("n", "\(count + 1)")
                        return count + 1
                    }
                }
            }
            let inOrder = receipts.joined().sorted { $0.result < $1.result }
            for (earlier, later) in zip(inOrder, inOrder.dropFirst()) {
                #expect(earlier.result < later.result && earlier.receipt.sequence <= later.receipt.sequence)
            }
            #expect(receipts[0].allSatisfy { $0.receipt.durability == .synced && $0.receipt.isDurable })
            for (_, receipt) in receipts.joined() { try receipt.waitUntilDurable() }
            #expect(try namespace.get("n") == "300".bytes)
        }
    }

    @Test("Those of tasks")
    func tasks() async throws {
        try await withTemporaryStore { _, namespace in
            let numbers = try await withThrowingTaskGroup(of: (Int, CommitReceipt).self) { group in
                for task in 0..<40 {
                    group.addTask {
                        guard task % 2 == 0 else {
                            return try await namespace.transactionWithReceipt(maxAttempts: 1000) { txn in
                                try txn.put("transaction/\(task)", "1")
                                return task
                            }
                        }
                        return try await namespace.updateWithReceipt { update in
                            if task % 4 == 0 { update.put("update/\(task)", "1") }
                            return task
                        }
                    }
                }
                return try await group.reduce(into: [Int: CommitReceipt]()) { $0[$1.0] = $1.1 }
            }
            #expect(numbers.count == 40)
            for (task, receipt) in numbers {
                #expect((receipt.sequence == 0) == (task % 4 == 2))
                try await receipt.waitUntilDurable()
                #expect(receipt.isDurable)
            }
        }
    }
}
