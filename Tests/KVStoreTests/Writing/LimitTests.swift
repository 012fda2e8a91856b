import Glibc
import KVStore
import Testing

@testable import KVStore

@Suite("What is over the limits")
struct LimitTests {
    @Test("A key over 8 MiB is refused by every write, and nothing is written")
    func key() throws {
        try withTemporaryStore { (_, namespace) throws in
            try withVirtualBytes(Limits.keySize.bytes + 1) { (key) throws in
                expectError(.invalidArgument, "put", "8388609 bytes", "8 MiB") { try namespace.put(key, "value") }
                expectError(.invalidArgument, "delete", "8388609 bytes", "8 MiB") { try namespace.delete(key) }
                expectError(.invalidArgument, "8388609 bytes", "8 MiB", "nothing of the batch was written") {
                    try namespace.write { batch in
                        batch.put("other", "value")
                        batch.put(key, "value")
                    }
                }
                expectError(.invalidArgument, "8388609 bytes") { try namespace.write { $0.delete(key) } }
                expectError(.invalidArgument, "8388609 bytes", "nothing of this update was written") {
                    try namespace.update { update in
                        update.put("other", "value")
                        update.delete(key)
                    }
                }
                expectError(.invalidArgument, "8388610 bytes") {
                    try namespace.deleteRange(KeyRange(from: "", to: Array(key) + [0]))
                }
                // Reading such a key is no error: it is not there.
                #expect(try namespace.get(key) == nil)
            }
            #expect(try namespace.content().isEmpty)
        }
    }

    @Test("A key of 8 MiB is taken")
    func largestKey() throws {
        try withTemporaryStore { (_, namespace) throws in
            let key = [UInt8](repeating: 7, count: Limits.keySize.bytes)
            try namespace.put(key, "value")
            try namespace.flush()
            #expect(try namespace.get(key) == "value".bytes)
            #expect(try namespace.entries().collect().map(\.key.count) == [key.count])
        }
    }

    @Test("A value over 3 GiB is refused by every write, and nothing is written")
    func value() throws {
        try withTemporaryStore { (_, namespace) throws in
            try withVirtualBytes(Limits.valueSize.bytes + 1) { value in
                expectError(.invalidArgument, "3221225473", "3 GiB") { try namespace.put("key", value) }
                expectError(.invalidArgument, "3221225473 bytes", "3 GiB") {
                    try namespace.write { batch in
                        batch.put("other", "value")
                        batch.put("key", value)
                    }
                }
                expectError(.invalidArgument, "3221225473 bytes", "nothing of this update was written") {
                    try namespace.update { update in
                        update.put("other", "value")
                        update.put("key", value)
                    }
                }
            }
            #expect(try namespace.content().isEmpty)
        }
    }

    @Test("A batch over its limit is refused whole, and can be used again once it is cleared")
    func batch() throws {
        try withTemporaryStore { (_, namespace) throws in
            var batch = WriteBatch(byteLimit: 200)
            batch.put("key", String(repeating: "v", count: 100))
            try namespace.commit(batch)
            batch.put("other", String(repeating: "v", count: 100))
            expectError(.invalidArgument, "write", "over the limit of 200 B", "nothing of the batch was written") {
                try namespace.commit(batch)
            }
            // What is appended to another batch brings its refusal with it.
            var outer = WriteBatch()
            outer.append(batch)
            expectError(.invalidArgument, "over the limit") { try namespace.commit(outer) }
            batch.clear()
            batch.put("third", "value")
            try namespace.commit(batch)
            #expect(try namespace.content().keys.sorted() == ["key", "third"])
        }
    }

    @Test("Appending counts too")
    func append() throws {
        var batch = WriteBatch(byteLimit: 200)
        var other = WriteBatch()
        other.put("key", String(repeating: "v", count: 120))
        batch.append(other)
        #expect(batch.violation == nil)
        batch.append(other)
        #expect(batch.violation?.contains("over the limit of 200 B") == true)
        #expect(batch.count == 1)
    }

    @Test("An update for which its group has no room is refused, and can be tried again")
    func groupOfUpdates() throws {
        try withTemporaryStore { (_, namespace) throws in
            let queue = UpdateQueue(groupLimit: 1_000)
            let target = try namespace.updates()
            let attempts = try onThreads(8) { thread in
                var attempts = 0
                for round in 0..<20 {
                    while true {
                        attempts += 1
                        do {
                            try queue.run(in: target, durability: .synced) { writes in
                                "\(thread)/\(round)".withBytes {
                                    writes.put($0, [UInt8](repeating: 1, count: 400).span.bytes)
                                }
                            }
                            break
                        } catch let error as StoreError {
                            #expect(error.code == .busy && error.isRetryable && error.message.contains("try again"))
                            usleep(200)
                        }
                    }
                }
                return attempts
            }
            print("160 updates in \(attempts.reduce(0, +)) attempts")
            #expect(try namespace.content().count == 160)
        }
    }

    @Test("A range without an upper bound has no place in a batch")
    func unboundedRange() throws {
        try withTemporaryStore { (_, namespace) throws in
            expectError(.invalidArgument, "needs a range with an upper bound") {
                try namespace.write { batch in
                    batch.put("key", "value")
                    batch.deleteRange(KeyRange(from: "a"))
                }
            }
            #expect(try namespace.content().isEmpty)
        }
    }
}
