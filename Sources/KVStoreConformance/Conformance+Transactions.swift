internal import KVStoreInterface

extension Conformance {
    static var transactions: [ConformanceCheck<Store>] {
        [
            ConformanceCheck("A transaction reads its own writes, and commits them when its closure has returned") {
                scene in
                let space = try await scene.space()
                try await space.fill(["a": "1", "b": "2"])
                let seen = try await space.withTransaction { txn in
                    try txn.put("a", "3")
                    try txn.put("c", "4")
                    try txn.delete("b")
                    let keys = try await txn.page().keys
                    let value = try await txn.get("a")
                    let gone = try await txn.getMany(["b"])
                    try expectEqual(value, Array("3".utf8), "its own put")
                    try expectEqual(gone, [nil], "its own deletion")
                    try expectEqual(try await space.text("a"), "1", "what others see before the commit")
                    return keys
                }
                try expectEqual(seen, ["a", "c"], "the keys within")
                try expectEqual(try await space.page().keys, ["a", "c"], "the keys after it")
            },
            ConformanceCheck("What a transaction throws is thrown, and nothing is written") { scene in
                let space = try await scene.space()
                do {
                    try await space.withTransaction { txn in
                        try txn.put("a", "1")
                        throw Stop()
                    }
                    try expect(false, "the error of the closure is not thrown")
                } catch is Stop {}
                try expectEqual(try await space.page(), [], "the entries")
            },
            ConformanceCheck("No increment is lost among transactions") { scene in
                let space = try await scene.space()
                try await concurrently(tasks: 8, rounds: 10) { _, _ in
                    try await retrying {
                        try await space.withTransaction(durability: nil, maxAttempts: 100) { txn in
                            let count =
                                try await txn.get("n").map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 } ?? 0
                            try txn.put("n", String(count + 1))
                        }
                    }
                }
                try expectEqual(try await space.text("n"), "80", "the counter")
            },
            ConformanceCheck("A plain write between a transaction's read and its commit is a conflict") { scene in
                let space = try await scene.space()
                try await space.set("a", "1")
                try await expectError(.conflict, "a transaction whose read was overwritten") {
                    try await space.withTransaction(durability: nil, maxAttempts: 1) { txn in
                        _ = try await txn.get("a")
                        try await space.set("a", "2")
                        try txn.put("b", "1")
                    }
                }
                try await expectError(.conflict, "a transaction that missed a key that is there now") {
                    try await space.withTransaction(durability: nil, maxAttempts: 1) { txn in
                        _ = try await txn.get("new")
                        try await space.set("new", "2")
                        try txn.put("b", "1")
                    }
                }
                try expectEqual(try await space.get("b"), nil, "what a transaction with a conflict wrote")
                let attempts = Counter()
                try await space.withTransaction { txn in
                    _ = try await txn.get("a")
                    if await attempts.next() == 1 { try await space.set("a", "3") }
                    try txn.put("b", "1")
                }
                try expectEqual(await attempts.count, 2, "how often the closure ran")
                try expectEqual(try await space.text("b"), "1", "what the second attempt wrote")
            },
            ConformanceCheck("Write skew by ranges: two that count and then add do not both succeed on the same count")
            { scene in
                let space = try await scene.space()
                try await concurrently(tasks: 6, rounds: 5) { task, round in
                    try await retrying {
                        try await space.withTransaction(durability: nil, maxAttempts: 100) { txn in
                            let count = try await txn.page(.prefix("member/")).count
                            try txn.put("member/\(task)-\(round)", "\(count)")
                        }
                    }
                }
                // Each saw how many there were: the numbers are 0 to 29, each once.
                let counts = try await space.page(.prefix("member/")).map { String(decoding: $0.value, as: UTF8.self) }
                try expectEqual(Set(counts), Set((0..<30).map(String.init)), "the counts that were seen")
            },
            ConformanceCheck("A transaction that only writes conflicts with nothing") { scene in
                let space = try await scene.space()
                try await space.withTransaction(durability: nil, maxAttempts: 1) { txn in
                    try await space.set("a", "1")
                    try txn.put("a", "2")
                }
                try expectEqual(try await space.text("a"), "2", "the value")
            },
            ConformanceCheck("A transaction deletes ranges: its own reads see that, others when it is committed") {
                scene in
                let space = try await scene.space()
                try await space.fill(["a": "1", "b": "2", "c": "3", "d": "4", "e": "5"])
                let before = try await space.snapshot()
                let keys = try await space.withTransaction { txn in
                    try txn.put("b1", "own")
                    try txn.put("e", "own")
                    try txn.deleteRange(KeyRange(from: "b", to: "d"))
                    try txn.put("c", "own")
                    try txn.deleteRange(KeyRange(from: "x", to: "y"))
                    try txn.deleteRange(KeyRange(from: "d", to: "d"))
                    let values = try await txn.getMany(["a", "b", "b1", "c", "d"])
                    try expectEqual(
                        values, [Array("1".utf8), nil, nil, Array("own".utf8), Array("4".utf8)], "its own reads")
                    try expect(try await !txn.contains("b"), "a key of the range is contained")
                    try expectEqual(try await txn.page(reversed: true).keys, ["e", "d", "c", "a"], "backwards within")
                    try expectEqual(try await space.page().keys.count, 5, "what others see before the commit")
                    return try await txn.page().keys
                }
                try expectEqual(keys, ["a", "c", "d", "e"], "the keys within")
                try expectEqual(try await space.page().keys, keys, "the keys after it")
                try expectEqual(try await space.text("c"), "own", "what was put after the range was deleted")
                try expectEqual(try await before.page().count, 5, "a snapshot of before")
                try await space.withTransaction { txn in try txn.deleteRange(KeyRange(upTo: "d")) }
                try expectEqual(try await space.page().keys, ["d", "e"], "after a range without a beginning")
            },
            ConformanceCheck("A range that a transaction deletes is deleted as it is at the commit, without a conflict")
            {
                scene in
                let space = try await scene.space()
                try await space.fill(["a": "1", "c": "3"])
                try await space.withTransaction(durability: nil, maxAttempts: 1) { txn in
                    try txn.deleteRange(KeyRange(from: "a", to: "c"))
                    try await space.fill(["a": "2", "b": "2"])
                    let (gone, other) = (try await txn.get("b"), try await txn.get("c"))
                    try expectEqual(gone, nil, "a key of the range that is new")
                    try expectEqual(other, Array("3".utf8), "a key beside it")
                }
                try expectEqual(try await space.page().keys, ["c"], "the keys after it")
                try await expectError(.conflict, "a transaction that read what it then deleted") {
                    try await space.withTransaction(durability: nil, maxAttempts: 1) { txn in
                        _ = try await txn.page(KeyRange(from: "a", to: "c"))
                        try txn.deleteRange(KeyRange(from: "a", to: "c"))
                        try await space.set("b", "3")
                    }
                }
                try expectEqual(try await space.page().keys, ["b", "c"], "the keys after a conflict")
            },
            ConformanceCheck("Write skew by a deleted range: who read a key of it, or that range, does not commit") {
                scene in
                let space = try await scene.space()
                for read in ["a key", "two keys", "the range", "the range backwards"] {
                    try await space.fill(["on/1": "1", "on/2": "1"])
                    let attempts = Counter()
                    try await space.withTransaction { txn in
                        let isOn: Bool
                        switch read {
                        case "a key": isOn = try await txn.get("on/1") != nil
                        case "two keys":
                            _ = try await txn.get("on/3")
                            isOn = try await txn.contains("on/2")
                        case "the range": isOn = try await !txn.page(.prefix("on/")).isEmpty
                        default: isOn = try await !txn.page(.prefix("on/"), reversed: true, limit: 1).isEmpty
                        }
                        if await attempts.next() == 1 {
                            try await space.withTransaction { other in try other.deleteRange(.prefix("on/")) }
                        }
                        try txn.put("seen", isOn ? "on" : "off")
                    }
                    try expectEqual(await attempts.count, 2, "how often one that read \(read) ran")
                    try expectEqual(try await space.text("seen"), "off", "what one saw that read \(read)")
                }
            },
            ConformanceCheck("Of two that each keep a range filled by what the other deletes, one runs again") {
                scene in
                let space = try await scene.space()
                try await space.fill(["left/1": "1", "right/1": "1"])
                // Each may delete its side while the other has entries: at least one side keeps them.
                try await concurrently(tasks: 2, rounds: 1) { task, _ in
                    let (own, other) = task == 0 ? ("left/", "right/") : ("right/", "left/")
                    try await retrying {
                        try await space.withTransaction(durability: nil, maxAttempts: 100) { txn in
                            if try await !txn.page(.prefix(other)).isEmpty { try txn.deleteRange(.prefix(own)) }
                        }
                    }
                }
                try expectEqual(try await space.page().count, 1, "the entries that are left")
            },
            ConformanceCheck("A range without an upper bound is refused by a transaction, which goes on") { scene in
                let space = try await scene.space()
                try await space.fill(["a": "1", "b": "2"])
                try await space.withTransaction { txn in
                    try txn.put("c", "3")
                    for range in [KeyRange.all, KeyRange(from: "b")] {
                        try await expectError(.invalidArgument, "deleting a range without an end") {
                            try txn.deleteRange(range)
                        }
                    }
                    try txn.delete("a")
                }
                try expectEqual(try await space.page().keys, ["b", "c"], "the keys")
            },
            ConformanceCheck("A transaction that is kept beyond its closure takes no call") { scene in
                let space = try await scene.space()
                try await space.fill(["a": "1", "b": "2"])
                let kept = try await space.withTransaction { txn in txn }
                try await expectError(.invalidArgument, "a put") { try kept.put("c", "3") }
                try await expectError(.invalidArgument, "a deletion") { try kept.delete("a") }
                try await expectError(.invalidArgument, "a deletion of a range") {
                    try kept.deleteRange(KeyRange(from: "a", to: "c"))
                }
                try await expectError(.invalidArgument, "a read") { try await kept.get("a") }
                try await expectError(.invalidArgument, "a read of many") { try await kept.getMany(["a"]) }
                try await expectError(.invalidArgument, "a loop") { try await kept.page() }
                try expectEqual(try await space.page().keys, ["a", "b"], "the keys")
            },
            ConformanceCheck("A refused write of a transaction leaves it as it was") { scene in
                let space = try await scene.space()
                try await space.withTransaction { txn in
                    try txn.put("a", "1")
                    try await expectError(.invalidArgument, "a key over the limit") {
                        try txn.put([UInt8](repeating: 0, count: Limits.keySize.bytes + 1), "")
                    }
                    try txn.put("b", "2")
                }
                try expectEqual(try await space.page().keys, ["a", "b"], "the keys")
            },
        ]
    }

    static var updates: [ConformanceCheck<Store>] {
        [
            ConformanceCheck("An update reads the keys that it was given and writes any") { scene in
                let space = try await scene.space()
                try await space.fill(["a": "1", "b": "2"])
                let keys = ["a", "x"].map { Array($0.utf8) }
                let seen = try await space.update(keys: keys, durability: nil) { update in
                    let (a, x) = (try update.get("a"), try update.get("x"))
                    update.put("x", "3")
                    update.delete("a")
                    update.put("c", "4")
                    try expectEqual(try update.get("x"), Array("3".utf8), "its own put")
                    try expectEqual(try update.get("a"), nil, "its own deletion")
                    return [a, x]
                }
                try expectEqual(seen, [Array("1".utf8), nil], "what it read")
                try expectEqual(try await space.page().keys, ["b", "c", "x"], "the keys after it")
                try await expectError(.invalidArgument, "an update that reads a key that it was not given") {
                    try await space.update(keys: keys, durability: nil) { update in try update.get("b") }
                }
            },
            ConformanceCheck("No increment is lost among updates") { scene in
                let space = try await scene.space()
                try await concurrently(tasks: 10, rounds: 20) { _, _ in
                    try await retrying {
                        try await space.update(keys: [Array("n".utf8)], durability: nil) { update in
                            let count = try update.get("n").map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 } ?? 0
                            update.put("n", String(count + 1))
                        }
                    }
                }
                try expectEqual(try await space.text("n"), "200", "the counter")
            },
            ConformanceCheck("An update sees every write that was acknowledged before it") { scene in
                let space = try await scene.space()
                let key = [Array("a".utf8)]
                for round in 0..<20 {
                    try await space.set("a", "\(round)")
                    let seen = try await space.update(keys: key, durability: nil) { try $0.get("a") }
                    try expectEqual(seen, Array("\(round)".utf8), "what the update sees")
                    try await space.update(keys: key, durability: nil) { $0.put("a", "own") }
                }
            },
            ConformanceCheck("What an update throws is thrown, and nothing is written") { scene in
                let space = try await scene.space()
                do {
                    try await space.update(keys: [], durability: nil) { update in
                        update.put("a", "1")
                        throw Stop()
                    }
                    try expect(false, "the error of the closure is not thrown")
                } catch is Stop {}
                try expectEqual(try await space.page(), [], "the entries")
            },
            ConformanceCheck("Updates and transactions do not lose each other's increments") { scene in
                let space = try await scene.space()
                try await concurrently(tasks: 6, rounds: 10) { task, _ in
                    try await retrying {
                        if task % 2 == 0 {
                            try await space.update(keys: [Array("n".utf8)], durability: nil) { update in
                                let count =
                                    try update.get("n").map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 } ?? 0
                                update.put("n", String(count + 1))
                            }
                        } else {
                            try await space.withTransaction(durability: nil, maxAttempts: 100) { txn in
                                let count =
                                    try await txn.get("n").map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 } ?? 0
                                try txn.put("n", String(count + 1))
                            }
                        }
                    }
                }
                try expectEqual(try await space.text("n"), "60", "the counter")
            },
        ]
    }
}

/// What a closure of a check throws.
private struct Stop: Error {}

private actor Counter {
    private(set) var count = 0

    func next() -> Int {
        count += 1
        return count
    }
}

/// Tries again what may succeed if it is tried again.
private func retrying(_ body: @Sendable () async throws -> Void) async throws {
    for _ in 0..<1000 {
        do {
            return try await body()
        } catch let error as StoreError where error.isRetryable {
            await Task.yield()
        }
    }
    throw ConformanceFailure(description: "a call was to be tried again a thousand times")
}

private func concurrently(
    tasks: Int, rounds: Int, _ body: @escaping @Sendable (_ task: Int, _ round: Int) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<tasks {
            group.addTask { for round in 0..<rounds { try await body(task, round) } }
        }
        try await group.waitForAll()
    }
}
