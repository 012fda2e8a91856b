import KVStore
import Testing

@Suite("Cursors")
struct CursorTests {
    private static let letters = ["a", "b", "c", "d", "e"]

    private func withLetters(_ body: (Namespace) throws -> Void) throws {
        try withTemporaryStore { _, namespace in
            for letter in Self.letters { try namespace.put(letter, letter.uppercased()) }
            try body(namespace)
        }
    }

    @Test("Forward from the first entry to the last")
    func forward() throws {
        try withLetters { namespace in
            var cursor = try namespace.cursor()
            #expect(cursor.isAtEntry == false)
            #expect(cursor.key.byteCount == 0 && cursor.value.byteCount == 0)
            for letter in Self.letters {
                #expect(try cursor.next())
                #expect(cursor.isAtEntry == true)
                #expect(String(cursor.key) == letter && String(cursor.value) == letter.uppercased())
            }
            #expect(try !cursor.next())
            #expect(cursor.isAtEntry == false && cursor.key.byteCount == 0 && cursor.value.byteCount == 0)
        }
    }

    @Test("Backward from the last entry to the first")
    func backward() throws {
        try withLetters { namespace in
            var cursor = try namespace.cursor()
            for letter in Self.letters.reversed() {
                #expect(try cursor.previous())
                #expect(String(cursor.key) == letter)
            }
            #expect(try !cursor.previous())
        }
    }

    @Test("Beyond an end it stays, and turns around to the entry at that end")
    func ends() throws {
        try withLetters { namespace in
            var cursor = try namespace.cursor()
            while try cursor.next() {}
            for _ in 0..<3 { #expect(try !cursor.next()) }
            #expect(try cursor.previous())
            #expect(String(cursor.key) == "e")
            while try cursor.previous() {}
            for _ in 0..<3 { #expect(try !cursor.previous()) }
            #expect(try cursor.next())
            #expect(String(cursor.key) == "a")
        }
    }

    @Test("It turns around at any entry")
    func zigzag() throws {
        try withLetters { namespace in
            var cursor = try namespace.cursor()
            var path = ""
            for isForward in [true, true, false, true, true, true, false, false] {
                #expect(try isForward ? cursor.next() : cursor.previous())
                path += String(cursor.key)
            }
            #expect(path == "ababcdcb")
        }
    }

    @Test("seek(to:) finds the first entry at or after a key")
    func seekTo() throws {
        try withLetters { namespace in
            var cursor = try namespace.cursor()
            for (key, found) in [("a", "a"), ("", "a"), ("b", "b"), ("b\u{0}", "c"), ("bb", "c"), ("e", "e")] {
                #expect(try cursor.seek(to: key), "\(key)")
                #expect(String(cursor.key) == found, "\(key)")
            }
            #expect(try !cursor.seek(to: "f"))
            #expect(cursor.isAtEntry == false)
            #expect(try !cursor.next())
            #expect(try cursor.previous())
            #expect(String(cursor.key) == "e")
        }
    }

    @Test("seek(backTo:) finds the last entry at or before a key")
    func seekBackTo() throws {
        try withLetters { namespace in
            var cursor = try namespace.cursor()
            for (key, found) in [("e", "e"), ("z", "e"), ("c", "c"), ("cc", "c"), ("a", "a"), ("a\u{0}", "a")] {
                #expect(try cursor.seek(backTo: key), "\(key)")
                #expect(String(cursor.key) == found, "\(key)")
            }
            #expect(try !cursor.seek(backTo: "A"))
            #expect(try !cursor.previous())
            #expect(try cursor.next())
            #expect(String(cursor.key) == "a")
        }
    }

    @Test("Seeking goes no further than the bounds")
    func seekWithinBounds() throws {
        try withLetters { namespace in
            var cursor = try namespace.cursor("b"..<"e")
            #expect(try cursor.seek(to: "a"))
            #expect(String(cursor.key) == "b")
            #expect(try !cursor.previous())
            #expect(try !cursor.seek(to: "e"))
            #expect(try !cursor.seek(to: "z"))
            #expect(try cursor.seek(backTo: "z"))
            #expect(String(cursor.key) == "d")
            #expect(try !cursor.next())
            #expect(try cursor.seek(backTo: "e"))
            #expect(String(cursor.key) == "d")
            #expect(try !cursor.seek(backTo: "a"))
            #expect(try cursor.next())
            #expect(String(cursor.key) == "b")
        }
    }

    @Test("No more entries than the limit, by steps and seeks together, of any source")
    func limit() throws {
        try withTemporaryStore { _, namespace in
            for key in ["a", "b", "c", "d"] { try namespace.put(key, key) }
            func check(_ source: borrowing some Readable) throws {
                var options = ScanOptions()
                options.limit = 3
                var cursor = try source.cursor(.all, options: options)
                for _ in 0..<2 { #expect(try cursor.next()) }
                #expect(try cursor.seek(to: "a"))
                #expect(String(cursor.value) == "a")
                #expect(try !cursor.next())
                let isAtEntry = cursor.isAtEntry
                #expect(!isAtEntry)
                #expect(try !cursor.previous())
                #expect(try !cursor.seek(to: "d"))
                options.limit = 0
                var none = try source.cursor(.all, options: options)
                #expect(try !none.next())
                options.limit = nil
                options.keysOnly = true
                let entries = try source.entries(options: options).collect()
                #expect(entries.map(\.key) == ["a", "b", "c", "d"].map { Array($0.utf8) })
                #expect(entries.map(\.value) == [[], [], [], []])
            }
            try check(namespace)
            try check(namespace.snapshot())
            try namespace.transaction { try check($0) }
        }
    }

    @Test("A range that holds nothing gives nothing, whichever way one moves", arguments: Self.emptyRanges)
    func emptyRange(_ range: KeyRange) throws {
        try withLetters { namespace in
            var cursor = try namespace.cursor(range)
            #expect(try !cursor.next())
            #expect(try !cursor.previous())
            #expect(try !cursor.seek(to: "c"))
            #expect(try !cursor.seek(backTo: "c"))
            #expect(cursor.isAtEntry == false && cursor.key.byteCount == 0)
            #expect(try namespace.entries(range).collect().isEmpty)
        }
    }

    static let emptyRanges = [
        KeyRange(from: "d", to: "b"), KeyRange(from: "b", to: "b"), KeyRange(from: "bb", to: "c"), KeyRange(from: "f"),
        KeyRange(upTo: "a"), KeyRange(upTo: ""), .prefix("cc"), .prefix("z"),
    ]

    @Test("In an empty namespace there is nothing")
    func emptyNamespace() throws {
        try withTemporaryStore { _, namespace in
            var cursor = try namespace.cursor()
            #expect(try !cursor.next())
            #expect(try !cursor.previous())
            // It sees what was there when it was made.
            try namespace.put("a", "1")
            #expect(try !cursor.seek(to: ""))
        }
    }

    @Test("Prefixes that end in 0xFF and the empty one")
    func prefixes() throws {
        try withTemporaryStore { _, namespace in
            let keys: [[UInt8]] = [
                [], [0], [1], [1, 0], [1, 0xFE], [1, 0xFF], [1, 0xFF, 0], [1, 0xFF, 0xFF], [2], [0xFE, 0xFF], [0xFF],
                [0xFF, 0], [0xFF, 0xFF], [0xFF, 0xFF, 0xFF],
            ]
            for key in keys { try namespace.put(key, "value") }
            for prefix in keys {
                let expected = keys.filter { $0.starts(with: prefix) }
                #expect(try namespace.entries(prefix: prefix).collect().map(\.key) == expected)
                let reversed = try namespace.entries(prefix: prefix, reversed: true).collect()
                #expect(reversed.map(\.key) == expected.reversed())
            }
        }
    }

    @Test("It sees what was there when it was made, and not what is written or deleted since")
    func isolation() throws {
        try withLetters { namespace in
            var cursor = try namespace.cursor()
            #expect(try cursor.next())
            try namespace.delete("b")
            try namespace.put("c", "changed")
            try namespace.put("bb", "new")
            try namespace.deleteRange(KeyRange(from: "d"))
            try namespace.flush()
            try namespace.compact()
            var seen = String(cursor.value)
            while try cursor.next() { seen += String(cursor.value) }
            #expect(seen == "ABCDE")
        }
    }

    @Test("Options of a scan change how it reads, not what")
    func options() throws {
        try withLetters { namespace in
            try namespace.flush()
            var options = ScanOptions()
            options.fillsCache = false
            options.verifiesChecksums = false
            options.readahead = .kibibytes(64)
            #expect(try namespace.entries(options: options).collect() == namespace.entries().collect())
            #expect(try namespace.entries("b"..<"d", reversed: true, options: options).collect().count == 2)
        }
    }
}
