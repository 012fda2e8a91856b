import Foundation
import KVStore
import Testing

@Suite("Updates")
struct UpdateTests {
    @Test("One reads its own writes, deletions and overwrites, few or many of them", arguments: [1, 16, 17, 40, 200])
    func ownWrites(_ count: Int) throws {
        try withTemporaryStore { store, namespace in
            for columnFamily in [namespace, store.metadata] {
                try columnFamily.put("before", "old")
                try columnFamily.update { (update) throws in
                    #expect(try update.get("before") == "old".bytes)
                    for number in 0..<count {
                        update.put("key/\(number)", "first")
                        #expect(try update.get("key/\(number)") == "first".bytes)
                    }
                    for number in 0..<count where number.isMultiple(of: 2) { update.put("key/\(number)", "\(number)") }
                    for number in 0..<count where number.isMultiple(of: 3) { update.delete("key/\(number)") }
                    update.delete("before")
                    update.put("", "of the empty key")
                    for number in 0..<count {
                        #expect(try update.get("key/\(number)") == expected(number))
                        #expect(try update.contains("key/\(number)") == (expected(number) != nil))
                    }
                    #expect(try update.get("before") == nil)
                    #expect(try update.get("") == "of the empty key".bytes)
                    #expect(try update.get("missing") == nil)
                }
                for number in 0..<count { #expect(try columnFamily.get("key/\(number)") == expected(number)) }
                #expect(try columnFamily.get("before") == nil)
                #expect(try columnFamily.get("") == "of the empty key".bytes)
            }
        }
    }

    private func expected(_ number: Int) -> [UInt8]? {
        number.isMultiple(of: 3) ? nil : number.isMultiple(of: 2) ? "\(number)".bytes : "first".bytes
    }

    @Test("Its result comes back, and nothing is written before its closure has returned")
    func result() throws {
        try withTemporaryStore { (_, namespace) throws in
            let result = try namespace.update { (update) throws in
                update.put("key", "value")
                #expect(try namespace.get("key") == nil)
                return 42
            }
            #expect(result == 42)
            #expect(try namespace.get("key") == "value".bytes)
            // One that only reads is fine, too.
            #expect(try namespace.update { try $0.get("key") } == "value".bytes)
        }
    }

    @Test("One that throws writes nothing, and the next one sees nothing of it")
    func throwing() throws {
        struct Refused: Error {}
        try withTemporaryStore { (_, namespace) throws in
            try namespace.put("key", "before")
            #expect(throws: Refused.self) {
                try namespace.update { (update) throws in
                    update.put("key", "after")
                    update.delete("key")
                    update.put("other", "value")
                    throw Refused()
                }
            }
            #expect(try namespace.update { try $0.get("key") } == "before".bytes)
            #expect(try namespace.update { try $0.contains("other") } == false)
            #expect(try namespace.content() == ["key": "before"])
        }
    }

    @Test("Within an update of the same namespace another is refused; of another namespace it is not")
    func nested() throws {
        try withTemporaryStore { store, namespace in
            let other = try store.createNamespace("other")
            expectError(.invalidArgument, "update in namespace \"test\"", "cannot run within an update") {
                try namespace.update { (update) throws in
                    update.put("outer", "value")
                    try namespace.update { $0.put("inner", "value") }
                }
            }
            #expect(try namespace.content().isEmpty)
            try namespace.update { (update) throws in
                try other.update { $0.put("key", "of the other") }
                // The refusal may be caught, and the outer one goes on.
                expectError(.invalidArgument) { try namespace.update { $0.put("inner", "value") } }
                update.put("key", "value")
            }
            #expect(try namespace.content() == ["key": "value"])
            #expect(try other.content() == ["key": "of the other"])
            try namespace.update { $0.put("key", "again") }
        }
    }

    @Test("Plain writes within its closure are on their own")
    func plainWritesWithin() throws {
        try withTemporaryStore { (_, namespace) throws in
            try namespace.update { (update) throws in
                #expect(try update.get("key") == nil)
                try namespace.put("key", "plain")
                try namespace.put("other", "plain")
                #expect(try update.get("other") == "plain".bytes)
                update.put("key", "update")
            }
            // The update commits last.
            #expect(try namespace.content() == ["key": "update", "other": "plain"])
        }
    }

    @Test("Values and keys of every size go through", arguments: [0, 1, 1_024, 1_025, 100_000])
    func sizes(_ size: Int) throws {
        try withTemporaryStore { (_, namespace) throws in
            let key = [UInt8](repeating: 1, count: size)
            for round in 0..<3 as Range<UInt8> {
                try namespace.update { (update) throws in
                    #expect(try update.get(key) == (round == 0 ? nil : [UInt8](repeating: round - 1, count: size)))
                    update.put(key, [UInt8](repeating: round, count: size))
                    #expect(try update.get(key) == [UInt8](repeating: round, count: size))
                }
            }
            #expect(try namespace.get(key) == [UInt8](repeating: 2, count: size))
        }
    }

    @Test("More keys than updates remember of the database")
    func manyKeys() throws {
        try withTemporaryStore { (_, namespace) throws in
            for round in 0..<2 {
                for start in stride(from: 0, to: 10_000, by: 1_000) {
                    try namespace.update { (update) throws in
                        for number in start..<(start + 1_000) {
                            #expect(try update.number("key/\(number)") == (round == 0 ? 0 : number))
                            update.put("key/\(number)", "\(number)")
                        }
                    }
                }
            }
            #expect(try namespace.update { try $0.number("key/9999") } == 9999)
            #expect(try namespace.update { try $0.number("key/0") } == 0)
        }
    }

    @Test("One that is under way when the namespace is reopened is waited for, and the next one reads what is there")
    func reopened() throws {
        try withTemporaryStore { (_, namespace) throws in
            try namespace.put("key", "value")
            #expect(try namespace.update { try $0.get("key") } == "value".bytes)
            var reopening: RunningThread<Void>?
            try namespace.update { (update) throws in
                update.put("key", "other")
                reopening = RunningThread { try namespace.reopen() }
                usleep(50_000)
                #expect(try update.get("key") == "other".bytes)
            }
            try reopening?.get()
            #expect(try namespace.get("key") == "other".bytes)
            #expect(try namespace.update { try $0.get("key") } == "other".bytes)
        }
    }
}
