internal import KVStoreInterface

extension Conformance where Store.Space: KeyValueChanges {
    static var changes: [ConformanceCheck<Store>] {
        [
            ConformanceCheck(
                "Changes come in the order of commits, each whole, and go on as they are made", needs: .changes
            ) {
                scene in
                let space = try await scene.space()
                try await space.set("before", "0")
                let start = try await space.latestChange()
                try await space.fill(["a": "1", "b": "2"])
                let writer = Task {
                    for round in 0..<20 { try await space.set("n", "\(round)") }
                }
                var writes: [WriteBatch.Write] = []
                for try await change in space.changes(since: start) {
                    if writes.isEmpty { try expectEqual(change.writes.count, 2, "the writes of the first change") }
                    writes += change.writes
                    if writes.count >= 22 { break }
                }
                try await writer.value
                let expected = [("a", "1"), ("b", "2")] + (0..<20).map { ("n", "\($0)") }
                try expectEqual(
                    writes, expected.map { .put(key: Array($0.0.utf8), value: Array($0.1.utf8)) }, "the writes")
            },
            ConformanceCheck("A number that there has not been is refused", needs: .changes) { scene in
                let space = try await scene.space()
                let number = try await space.latestChange() + 1_000_000
                try await expectError(.invalidArgument, "the changes since a number to come") {
                    for try await _ in space.changes(since: number) { break }
                }
            },
        ]
    }
}
