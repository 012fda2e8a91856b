internal import KVStoreInterface

extension Conformance {
    static var ranges: [ConformanceCheck<Store>] {
        [
            ConformanceCheck("Ranges: bounds included and excluded, prefixes, both ways, with a limit") { scene in
                let space = try await scene.space()
                try await space.fill(["a": "1", "b": "2", "b/1": "3", "b/2": "4", "c": "5", "\u{7f}": "6"])
                let cases: [(KeyRange, [String])] = [
                    (.all, ["a", "b", "b/1", "b/2", "c", "\u{7f}"]),
                    (KeyRange(from: "b", to: "c"), ["b", "b/1", "b/2"]),
                    (KeyRange("b"..."c"), ["b", "b/1", "b/2", "c"]),
                    (KeyRange(from: "b/2"), ["b/2", "c", "\u{7f}"]),
                    (KeyRange(upTo: "b/1"), ["a", "b"]),
                    (.prefix("b"), ["b", "b/1", "b/2"]),
                    (.prefix("b/"), ["b/1", "b/2"]),
                    (.prefix(""), ["a", "b", "b/1", "b/2", "c", "\u{7f}"]),
                    (KeyRange(from: "c", to: "b"), []),
                    (KeyRange(from: "b", to: "b"), []),
                    (KeyRange(from: "x", to: "y"), []),
                ]
                for (range, keys) in cases {
                    try expectEqual(try await space.page(range).keys, keys, "\(range)")
                    try expectEqual(
                        try await space.page(range, reversed: true).keys, keys.reversed(), "\(range) reversed")
                    for limit in [0, 1, 2, 100] {
                        try expectEqual(
                            try await space.page(range, limit: limit).keys, Array(keys.prefix(limit)),
                            "\(range), \(limit)")
                        try expectEqual(
                            try await space.page(range, reversed: true, limit: limit).keys,
                            Array(keys.reversed().prefix(limit)), "\(range) reversed, \(limit)")
                    }
                }
            },
            ConformanceCheck("A prefix of 0xFF bytes has no end") { scene in
                let space = try await scene.space()
                var batch = WriteBatch()
                for key in [[0xFE], [0xFF], [0xFF, 0xFF], [0xFF, 0xFF, 1]] as [[UInt8]] { batch.put(key, "") }
                try await space.commit(batch, durability: nil)
                try expectEqual(
                    try await space.page(.prefix([0xFF, 0xFF] as [UInt8])).map(\.key),
                    [[0xFF, 0xFF], [0xFF, 0xFF, 1]], "the keys")
            },
            ConformanceCheck("A range of more entries than any page, both ways") { scene in
                let space = try await scene.space()
                let keys = (0..<5000).map { String($0 + 10_000) }
                for start in stride(from: 0, to: keys.count, by: 1000) {
                    var batch = WriteBatch()
                    for key in keys[start..<(start + 1000)] { batch.put(key, key) }
                    try await space.commit(batch, durability: nil)
                }
                try expectEqual(try await space.page().keys, keys, "the keys")
                try expectEqual(try await space.page(reversed: true).keys, keys.reversed(), "the keys backwards")
                try expectEqual(try await space.page(limit: 1234).count, 1234, "with a limit")
            },
            ConformanceCheck("A range is deleted: its bounds, without an end, empty, and what is put after it stays") {
                scene in
                let space = try await scene.space()
                try await space.fill(["a": "1", "b": "2", "c": "3", "d": "4", "e": "5"])
                try await space.deleteRange(KeyRange(from: "b", to: "d"), durability: nil)
                try expectEqual(try await space.page().keys, ["a", "d", "e"], "after one with an end")
                try await space.deleteRange(KeyRange(from: "x", to: "y"), durability: nil)
                try await space.set("b", "6")
                try await space.deleteRange(KeyRange(from: "d"), durability: nil)
                try expectEqual(try await space.page().keys, ["a", "b"], "after one without an end")
                try await space.deleteRange(.all, durability: nil)
                try await space.deleteRange(.all, durability: nil)
                try expectEqual(try await space.page(), [], "after all")
            },
        ]
    }

    static var moments: [ConformanceCheck<Store>] {
        [
            ConformanceCheck("A snapshot sees no later write") { scene in
                let space = try await scene.space()
                try await space.fill(["a": "1", "b": "2"])
                let moment = try await space.snapshot()
                try await space.fill(["a": "3", "c": "4"])
                try await space.deleteRange(KeyRange("b"..."b"), durability: nil)
                try expectEqual(try await moment.get("a"), Array("1".utf8), "a key that was overwritten")
                try expectEqual(
                    try await moment.getMany(["b", "c"]), [Array("2".utf8), nil], "one deleted and one new")
                try expectEqual(try await moment.page().keys, ["a", "b"], "its entries")
                try expectEqual(try await space.page().keys, ["a", "c"], "the entries now")
            },
            ConformanceCheck("A loop over entries is of one moment, however much is written meanwhile") { scene in
                let space = try await scene.space()
                let keys = (0..<3000).map { String($0 + 10_000) }
                var batch = WriteBatch()
                for key in keys { batch.put(key, "old") }
                try await space.commit(batch, durability: nil)
                var seen: [Entry] = []
                for try await entry in space.entries(.all, reversed: false, limit: nil) {
                    seen.append(entry)
                    if seen.count == 1 {
                        var batch = WriteBatch()
                        for key in keys { batch.put(key, "new") }
                        batch.put("0", "new")
                        batch.put("9", "new")
                        batch.delete(keys[2999])
                        try await space.commit(batch, durability: nil)
                    }
                }
                try expectEqual(seen.keys, keys, "the keys")
                try expect(seen.allSatisfy { $0.value == Array("old".utf8) }, "all values are those of before")
                try expectEqual(try await space.page().count, 3001, "the entries after it")
            },
        ]
    }

    static var batches: [ConformanceCheck<Store>] {
        [
            ConformanceCheck("A batch takes effect in its order, and an empty one is no error") { scene in
                let space = try await scene.space()
                try await space.commit(WriteBatch(), durability: nil)
                var batch = WriteBatch()
                batch.put("a", "1")
                batch.put("a", "2")
                batch.put("b", "1")
                batch.delete("b")
                batch.put("c", "1")
                batch.deleteRange(KeyRange(from: "c", to: "d"))
                batch.put("c", "2")
                try await space.commit(batch, durability: nil)
                try expectEqual(try await space.page().keys, ["a", "c"], "the keys")
                try expectEqual(try await space.text("a"), "2", "the later put")
                try expectEqual(try await space.text("c"), "2", "the put after the range")
            },
            ConformanceCheck("Readers see all of a batch or none of it") { scene in
                let space = try await scene.space()
                try await space.fill(["a": "0", "b": "0", "c": "0"])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for round in 1...50 {
                            try await space.fill(["a": "\(round)", "b": "\(round)", "c": "\(round)"])
                        }
                    }
                    group.addTask {
                        for _ in 0..<50 {
                            let values = Set(try await space.page().map(\.value))
                            try expectEqual(values.count, 1, "how many batches a reader sees parts of")
                        }
                    }
                    try await group.waitForAll()
                }
            },
            ConformanceCheck("Each durability is taken, and a receipt comes to be durable") { scene in
                let space = try await scene.space()
                for durability in [Durability.synced, .buffered, .unlogged] {
                    var batch = WriteBatch()
                    batch.put("\(durability)", "1")
                    let receipt = try await space.commit(batch, durability: durability)
                    if durability == .synced { try expect(receipt.isDurable, "a synced commit is durable") }
                    try await receipt.waitUntilDurable()
                    if durability == .buffered {
                        try expect(receipt.isDurable, "a commit that was waited for is durable")
                    }
                }
                try expectEqual(try await space.page().count, 3, "the entries")
            },
            ConformanceCheck("Namespaces do not see each other", needs: []) { scene in
                let (one, other) = (try await scene.space("one"), try await scene.space("other"))
                try await one.set("a", "1")
                try await other.set("a", "2")
                try await other.deleteRange(.all, durability: nil)
                try expectEqual(try await one.text("a"), "1", "the one")
                try expectEqual(try await other.page(), [], "the other")
            },
            ConformanceCheck("A commit over several namespaces is there whole", needs: .commitsAcrossNamespaces) {
                scene in
                let (one, other) = (try await scene.space("one"), try await scene.space("other"))
                var first = WriteBatch()
                first.put("a", "1")
                var second = WriteBatch()
                second.put("b", "2")
                try await scene.store.commit([(one, first), (other, second)], durability: nil)
                try expectEqual(try await one.page().keys, ["a"], "the one")
                try expectEqual(try await other.page().keys, ["b"], "the other")
                var large = WriteBatch()
                large.put([UInt8](repeating: 0, count: Limits.keySize.bytes + 1), "")
                try await expectError(.invalidArgument, "a commit of which one part is refused") {
                    try await scene.store.commit([(one, second), (other, large)], durability: nil)
                }
                try expectEqual(try await one.page().keys, ["a"], "the one after a refused commit")
            },
        ]
    }
}
