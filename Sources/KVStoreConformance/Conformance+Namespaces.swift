internal import KVStoreInterface

extension Conformance {
    static var namespaces: [ConformanceCheck<Store>] {
        [
            ConformanceCheck("Namespaces are found by their names, of any characters, and listed in order, by pages") {
                scene in
                let names = ["a", "b/../c", "ä", "日本", "with space", String(repeating: "x", count: 100)]
                for name in names { _ = try await scene.space(name) }
                let all = names.map { scene.prefix + $0 }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                try expectEqual(
                    try await scene.store.spaceNames(prefix: scene.prefix, after: nil, limit: 100), all, "the names")
                var paged: [String] = []
                while true {
                    let page = try await scene.store.spaceNames(prefix: scene.prefix, after: paged.last, limit: 2)
                    paged += page
                    guard page.count == 2 else { break }
                }
                try expectEqual(paged, all, "the names by pages")
                for name in all { try expectEqual(try await scene.store.space(name).name, name, "the name") }
            },
            ConformanceCheck("A dropped namespace is gone, and one of the same name is another") { scene in
                let space = try await scene.space()
                try await space.set("a", "1")
                try await scene.store.dropSpace(space.name)
                try await expectError(.namespaceNotFound, "a write to a dropped namespace") {
                    try await space.set("a", "2")
                }
                try await expectError(.namespaceNotFound, "a read of a dropped namespace") { try await space.get("a") }
                try await expectError(.namespaceNotFound, "looking for a dropped namespace") {
                    try await scene.store.space(scene.prefix + "a")
                }
                let again = try await scene.space()
                try expectEqual(try await again.page(), [], "the entries of the new one")
                try await again.set("b", "1")
                try await expectError(.namespaceNotFound, "the old one after a new one was made") {
                    try await space.get("b")
                }
            },
            ConformanceCheck("A renamed namespace keeps what it has, and its old name is free") { scene in
                let space = try await scene.space("old")
                try await space.set("a", "1")
                scene.note(scene.prefix + "new")
                try await scene.store.renameSpace(scene.prefix + "old", to: scene.prefix + "new")
                try expectEqual(space.name, scene.prefix + "new", "its name")
                try expectEqual(try await space.text("a"), "1", "a read by the value of before")
                try expectEqual(try await scene.store.space(scene.prefix + "new").page().keys, ["a"], "the entries")
                let other = try await scene.space("old")
                try expectEqual(try await other.page(), [], "the entries of another one of the old name")
                try await expectError(.namespaceExists, "a rename to a name that is taken") {
                    try await scene.store.renameSpace(scene.prefix + "old", to: scene.prefix + "new")
                }
            },
            ConformanceCheck("Attributes are kept") { scene in
                let space = try await scene.space(attributes: ["owner": "ä", "empty": ""])
                try expectEqual(
                    try await scene.store.attributes(of: space.name), ["owner": "ä", "empty": ""], "the attributes")
            },
        ]
    }

    static var timeToLive: [ConformanceCheck<Store>] {
        [
            ConformanceCheck("An entry with a time to live is there, and then it is not") { scene in
                let space = try await scene.space(timeToLive: .seconds(3600))
                try await space.set("a", "1")
                try expectEqual(try await space.text("a"), "1", "an entry that has an hour to live")
                let short = try await scene.space("short", timeToLive: .milliseconds(1))
                try await short.set("a", "1")
                try await Task.sleep(for: .milliseconds(50))
                try expectEqual(try await short.get("a"), nil, "an entry that had a millisecond to live")
                try expectEqual(try await short.page(), [], "the entries")
                try expect(try await !short.contains("a"), "it is not contained")
            },
            ConformanceCheck("An entry can have a time to live of its own, shorter or longer") { scene in
                let space = try await scene.space(timeToLive: .milliseconds(1))
                var batch = WriteBatch()
                batch.put("long", "1", expiresAfter: .seconds(3600))
                batch.put("ever", "1", expiresAfter: .seconds(Int64.max))
                batch.put("short", "1")
                batch.put("again", "1", expiresAfter: .seconds(3600))
                batch.put("again", "2")
                try await space.commit(batch, durability: nil)
                try await Task.sleep(for: .milliseconds(50))
                try expectEqual(try await space.page().keys, ["ever", "long"], "what is left")
                try expectEqual(try await space.text("long"), "1", "the value")
                let hour = try await scene.space("hour", timeToLive: .seconds(3600))
                var brief = WriteBatch()
                brief.put("a", "1", expiresAfter: .milliseconds(1))
                try await hour.commit(brief, durability: nil)
                try await Task.sleep(for: .milliseconds(50))
                try expectEqual(try await hour.get("a"), nil, "an entry that had a millisecond to live")
            },
            ConformanceCheck("A time to live that cannot be is refused, and nothing is written") { scene in
                let (space, plain) = (try await scene.space(timeToLive: .seconds(3600)), try await scene.space("plain"))
                for (space, time) in [(space, Duration.zero), (space, .seconds(-1)), (plain, .seconds(1))] {
                    var batch = WriteBatch()
                    batch.put("a", "1")
                    batch.put("b", "1", expiresAfter: time)
                    try await expectError(.invalidArgument, "a put that expires after \(time)") {
                        try await space.commit(batch, durability: nil)
                    }
                    try expectEqual(try await space.page(), [], "the entries")
                }
            },
            ConformanceCheck("An update does not see what has expired") { scene in
                let space = try await scene.space(timeToLive: .milliseconds(1))
                try await space.set("a", "1")
                try await Task.sleep(for: .milliseconds(50))
                let seen = try await space.update(keys: [Array("a".utf8)], durability: nil) { try $0.get("a") }
                try expectEqual(seen, nil, "what the update sees")
            },
        ]
    }

    static var errors: [ConformanceCheck<Store>] {
        [
            ConformanceCheck("Names that no namespace can have are refused") { scene in
                for name in ["", "a\u{0}b", "\n", String(repeating: "x", count: Limits.namespaceNameBytes + 1)] {
                    try await expectError(.invalidName, "creating a namespace of a bad name") {
                        try await scene.store.createSpace(name, timeToLive: nil, attributes: [:])
                    }
                    try await expectError(.invalidName, "looking for one") { try await scene.store.space(name) }
                    try await expectError(.invalidName, "dropping one") { try await scene.store.dropSpace(name) }
                }
            },
            ConformanceCheck("What is there, or is not, is told") { scene in
                let space = try await scene.space()
                try await expectError(.namespaceExists, "creating one of a name that is taken") {
                    try await scene.store.createSpace(space.name, timeToLive: nil, attributes: [:])
                }
                try await expectError(.namespaceNotFound, "looking for one that is not there") {
                    try await scene.store.space(scene.prefix + "nothing")
                }
                try await expectError(.namespaceNotFound, "dropping one that is not there") {
                    try await scene.store.dropSpace(scene.prefix + "nothing")
                }
                try await expectError(.namespaceNotFound, "renaming one that is not there") {
                    try await scene.store.renameSpace(scene.prefix + "nothing", to: scene.prefix + "other")
                }
            },
            ConformanceCheck("A key over the limit is refused, and nothing of its batch is written") { scene in
                let space = try await scene.space()
                var batch = WriteBatch()
                batch.put("a", "1")
                batch.put([UInt8](repeating: 0, count: Limits.keySize.bytes + 1), "")
                try await expectError(.invalidArgument, "a batch with a key over the limit") {
                    try await space.commit(batch, durability: nil)
                }
                try expectEqual(try await space.page(), [], "the entries")
            },
            ConformanceCheck("A time to live that is none is refused") { scene in
                for time in [Duration.zero, .milliseconds(-5), .nanoseconds(1)] {
                    try await expectError(.invalidArgument, "a time to live of \(time)") {
                        try await scene.store.createSpace(scene.prefix + "a", timeToLive: time, attributes: [:])
                    }
                }
            },
            ConformanceCheck("A task that is cancelled gets CancellationError and writes nothing") { scene in
                let space = try await scene.space()
                let task = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    try await space.set("a", "1")
                }
                do {
                    try await task.value
                    try expect(false, "the commit of a cancelled task succeeds")
                } catch is CancellationError {}
                try expectEqual(try await space.page(), [], "the entries")
            },
        ]
    }
}
