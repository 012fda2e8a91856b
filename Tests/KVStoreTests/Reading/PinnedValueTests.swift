import KVStore
import SystemPackage
import Testing

@Suite("Values that are not copied")
struct PinnedValueTests {
    @Test("From memtable and disk, small, empty and large", arguments: Variant.allCases)
    func values(_ variant: Variant) throws {
        try withTemporaryStore(variant.configuration) { _, namespace in
            let large = [UInt8](repeating: 7, count: 100_000)
            for (key, value) in [("small", "value".bytes), ("empty", []), ("large", large)] {
                try namespace.put(key, value)
            }
            for isFlushed in [false, true] {
                if isFlushed { try namespace.flush() }
                for (key, value) in [("small", "value".bytes), ("empty", []), ("large", large)] {
                    guard let pinned = try namespace.pinned(key) else { throw NoValue() }
                    #expect(pinned.count == value.count)
                    #expect(Array(pinned.bytes) == value)
                    #expect(pinned.withBytes { Array($0) } == value)
                    #expect(try namespace.withValue(for: key) { Array($0) } == value)
                }
                #expect(try namespace.withValue(for: "missing") { $0.byteCount } == nil)
            }
        }
    }

    @Test("One stays as it was when its key is overwritten, deleted, flushed and compacted")
    func stable() throws {
        try withTemporaryStore { _, namespace in
            try namespace.put("key", "old")
            try namespace.flush()
            guard let pinned = try namespace.pinned("key") else { throw NoValue() }
            try namespace.put("key", "new")
            try namespace.flush()
            try namespace.delete("key")
            try namespace.compact()
            #expect(Array(pinned.bytes) == "old".bytes)
            #expect(try namespace.get("key") == nil)
        }
    }

    @Test("One that is alive when the store is closed stays readable, and the store cannot be opened until it is gone")
    func aliveAtClose() throws {
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder, configuration: .tiny)
            let namespace = try store.createNamespace("orders")
            try namespace.put("key", "value")
            try namespace.flush()
            do {
                guard let pinned = try namespace.pinned("key") else { throw NoValue() }
                try store.close()
                expectError(.alreadyOpen, "pinned values") { try Store.open(at: folder, configuration: .tiny) }
                #expect(Array(pinned.bytes) == "value".bytes)
            }
            try withStore(at: folder) { _ in }
        }
    }

    @Test("What the closure throws comes through, and nothing is left pinned")
    func throwing() throws {
        struct Refused: Error {}
        try withTemporaryFolder { folder in
            try withStore(at: folder) { store in
                let namespace = try store.createNamespace("orders")
                try namespace.put("key", "value")
                #expect(throws: Refused.self) { try namespace.withValue(for: "key") { _ in throw Refused() } }
            }
            try withStore(at: folder) { _ in }
        }
    }

    @Test("It can be handed to another thread")
    func threads() throws {
        try withTemporaryStore { _, namespace in
            try namespace.put("key", "value")
            guard let pinned = try namespace.pinned("key") else { throw NoValue() }
            let count = try RunningThread { [value = Box(pinned)] in value.count }.get()
            #expect(count == 5)
        }
    }

    private final class Box: Sendable {
        private let value: PinnedValue
        var count: Int { value.withBytes { $0.byteCount } }
        init(_ value: consuming PinnedValue) { self.value = value }
    }
}
