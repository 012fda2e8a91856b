internal import KVStoreInterface

extension Conformance {
    static var bytes: [ConformanceCheck<Store>] {
        [
            ConformanceCheck("Keys and values are bytes: NUL, 0xFF, empty, not UTF-8") { scene in
                let space = try await scene.space()
                let samples: [[UInt8]] = [
                    [], [0], [0, 0], [0, 1], [0xFF], [0xFF, 0xFF], [0xC3, 0x28], Array("ä".utf8), [1, 0, 0xFF],
                ]
                var batch = WriteBatch()
                for (place, key) in samples.enumerated() { batch.put(key, samples[samples.count - 1 - place]) }
                try await space.commit(batch, durability: nil)
                for (place, key) in samples.enumerated() {
                    try expectEqual(try await space.get(key), samples[samples.count - 1 - place], "the value of \(key)")
                }
                try expectEqual(
                    try await space.page().map(\.key), samples.sorted { $0.lexicographicallyPrecedes($1) }, "the order")
            },
            ConformanceCheck("A missing key is nil, and deleting one is no error") { scene in
                let space = try await scene.space()
                try expectEqual(try await space.get("nothing"), nil, "a missing key")
                try expect(try await !space.contains("nothing"), "a missing key is not contained")
                var batch = WriteBatch()
                batch.delete("nothing")
                try await space.commit(batch, durability: nil)
                try expectEqual(try await space.page(), [], "the entries")
            },
            ConformanceCheck("The last write of a key counts, an empty value is a value") { scene in
                let space = try await scene.space()
                try await space.set("a", "1")
                try await space.set("a", "2")
                try expectEqual(try await space.text("a"), "2", "the value")
                try await space.set("a", "")
                try expectEqual(try await space.get("a"), [], "the empty value")
                try expect(try await space.contains("a"), "a key with an empty value is contained")
            },
            ConformanceCheck("Many keys at once: in the order asked for, twice, missing") { scene in
                let space = try await scene.space()
                try await space.fill(["a": "1", "b": "2", "c": "3"])
                let values = try await space.getMany(["c", "x", "a", "c", ""])
                try expectEqual(
                    values.map { $0.map { String(decoding: $0, as: UTF8.self) } }, ["3", nil, "1", "3", nil],
                    "the values")
                try expectEqual(try await space.getMany([String]()), [], "no keys")
            },
            ConformanceCheck("Large values come back whole") { scene in
                let space = try await scene.space()
                let value = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
                var batch = WriteBatch()
                batch.put("large", value)
                try await space.commit(batch, durability: nil)
                try expect(try await space.get("large") == value, "a value of 1 MB comes back as it was")
            },
        ]
    }
}
