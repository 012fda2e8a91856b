import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Updates that read and delete ranges")
struct UpdateRangesTests {
    private func keys(_ entries: Entries) throws -> [String] {
        try entries.collect().map { String(decoding: $0.key, as: UTF8.self) }
    }

    @Test("A scan sees the closure's writes over what is there, in both directions and up to a limit")
    func scans() throws {
        try withTemporaryStore { _, namespace in
            for key in ["b", "d", "f", "h"] { try namespace.put(key, "old") }
            try namespace.update { update in
                update.put("a", "new")
                update.put("d", "new")
                update.delete("f")
                let all = try keys(update.entries())
                #expect(all == ["a", "b", "d", "h"])
                let backward = try keys(update.entries(reversed: true, limit: 2))
                #expect(backward == ["h", "d"])
                update.deleteRange("b"..<"e")
                update.put("c", "again")
                let rest = try keys(update.entries())
                #expect(rest == ["a", "c", "h"])
                let range = try keys(update.entries("b"..."d"))
                #expect(range == ["c"])
                // A cursor shows what was there when it was made.
                var cursor = try update.cursor(.prefix("h"))
                update.delete("h")
                try namespace.put("ha", "plain")
                #expect(try cursor.next())
                #expect(String(cursor.value) == "old")
                #expect(try !cursor.next())
                let prefix = try keys(update.entries(prefix: "h"))
                #expect(prefix == ["ha"])
            }
            #expect(try keys(namespace.entries()) == ["a", "c", "ha"])
        }
    }

    @Test("A cursor that is kept goes on over what it was made of")
    func keptCursor() throws {
        try withTemporaryStore { _, namespace in
            try namespace.put("a", "1")
            var kept: Cursor?
            try namespace.update { update in
                update.put("b", "2")
                kept = try update.cursor()
            }
            try namespace.put("c", "3")
            guard var cursor = kept.take() else { throw NoValue() }
            var keys: [String] = []
            while try cursor.next() { keys.append(String(cursor.key)) }
            #expect(keys == ["a", "b"])
        }
    }

    @Test("What a range deletion covers is gone for the next update too, remembered or not")
    func rememberedKeys() throws {
        try withTemporaryStore { _, namespace in
            for round in 0..<3 {
                try namespace.put("kept", "\(round)")
                try namespace.put("key", "\(round)")
                for key in ["key", "kept"] { _ = try namespace.update { try $0.get(key) } }
                try namespace.update { $0.deleteRange("key"..<"keyz") }
                let (key, kept) = try namespace.update { (try $0.get("key"), try $0.get("kept")) }
                #expect(key == nil && kept == "\(round)".bytes)
                #expect(try namespace.get("key") == nil)
            }
        }
    }

    @Test("A closure that throws deletes nothing, and what was deleted stays so when the store is opened again")
    func thrownAndReopened() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { store in
                let namespace = try store.createNamespace("test")
                for key in ["a", "b", "c"] { try namespace.put(key, "1") }
                try namespace.flush()
                #expect(throws: CancellationError.self) {
                    try namespace.update { update in
                        update.deleteRange("a"..<"c")
                        throw CancellationError()
                    }
                }
                #expect(try keys(namespace.entries()) == ["a", "b", "c"])
                try namespace.update { $0.deleteRange("a"..<"c") }
                try namespace.reopen()
                #expect(try keys(namespace.entries()) == ["c"])
            }
            try withStore(at: folder) { store in
                let left = try keys(store.namespace("test").entries())
                #expect(left == ["c"])
            }
        }
    }

    @Test("The first range deletion comes while others read, write, update and open transactions")
    func firstUnderLoad() throws {
        for way in 0..<2 {
            try withTemporaryStore { _, namespace in
                for number in 0..<100 { try namespace.put("old/\(number)", "1") }
                let isDone = Flag()
                let others = (0..<4).map { thread in
                    RunningThread {
                        var round = 0
                        while !isDone.isSet {
                            round += 1
                            switch thread {
                            case 0: try namespace.put("plain", "\(round)")
                            case 1: _ = try namespace.entries(limit: 5).collect()
                            case 2: try namespace.update { $0.put("update", "\(round)") }
                            default: try namespace.transaction { try $0.put("transaction", "\(round)") }
                            }
                        }
                    }
                }
                usleep(20_000)
                if way == 0 {
                    try namespace.update { $0.deleteRange(.prefix("old/")) }
                } else {
                    try namespace.transaction { try $0.deleteRange(.prefix("old/")) }
                }
                #expect(try keys(namespace.entries(prefix: "old/")).isEmpty)
                usleep(20_000)
                isDone.set()
                for other in others { try other.get() }
            }
        }
    }

    @Test("The first one within an update of another namespace, and the other way round")
    func firstWhileNested() throws {
        try withTemporaryStore { store, namespace in
            let other = try store.createNamespace("other")
            try onThreads(4) { thread in
                let (outer, inner) = thread % 2 == 0 ? (namespace, other) : (other, namespace)
                for round in 0..<20 {
                    do {
                        try outer.update { update in
                            update.put("\(thread)/\(round)", "1")
                            try inner.update { $0.deleteRange("\(thread)/"..<"\(thread)0") }
                        }
                    } catch let error as StoreError where error.code == .busy {}
                }
            }
        }
    }

    @Test("Entries that have expired are seen by no scan of an update")
    func expired() throws {
        try withExpiringNamespace { _, sessions, clock in
            try sessions.put("a", "1")
            clock.advance(40)
            try sessions.put("b", "1")
            try sessions.update { update in
                update.put("c", "1")
                let before = try keys(update.entries())
                #expect(before == ["a", "b", "c"])
                clock.advance(40)
                let after = try keys(update.entries())
                #expect(after == ["b", "c"])
                update.deleteRange("a"..<"c")
                let rest = try keys(update.entries())
                #expect(rest == ["c"])
            }
            #expect(try keys(sessions.entries()) == ["c"])
        }
    }

    @Test("Options out of range are refused, and a closed store is told")
    func refused() throws {
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder.appending("store"), configuration: .tiny)
            let namespace = try store.createNamespace("test")
            try namespace.update { update in
                var options = ScanOptions()
                options.readahead = .gibibytes(100)
                expectError(.invalidArgument) { try update.cursor(.all, options: options) }
            }
            expectError(.closed) {
                try namespace.update { update in
                    update.put("a", "1")
                    try store.close()
                    expectError(.closed) { try update.cursor() }
                }
            }
        }
    }
}
