import KVStore
import Testing

/// Each `await` here would be a warning, which is an error, had the compiler chosen a form that does not suspend.
@Suite("In async code the compiler chooses the async form, whatever the key is")
struct AsyncChoiceTests {
    /// A key of one's own that can neither be copied nor sent.
    private struct OwnKey: Bytes, ~Copyable {
        let bytes: [UInt8]

        func withBytes<Result: ~Copyable, Failure: Error>(
            _ body: (RawSpan) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            try bytes.withBytes(body)
        }
    }

    /// A key of one's own that must not be sent.
    private final class SharedKey: Bytes {
        var bytes: [UInt8]

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func withBytes<Result: ~Copyable, Failure: Error>(
            _ body: (RawSpan) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            try bytes.withBytes(body)
        }
    }

    private nonisolated(nonsending) func use(
        _ namespace: Namespace, _ key: borrowing some Bytes & ~Copyable & ~Escapable
    ) async throws {
        try await namespace.put(key, key)
        try await namespace.put(key, "value", durability: .synced)
        let snapshot = try await namespace.snapshot()
        let copy = try await namespace.get(key)
        #expect(copy == "value".bytes)
        let isThere = try await namespace.contains(key)
        let count = try await namespace.withValue(for: key) { $0.byteCount }
        let pinnedCount = try await namespace.pinned(key)?.count
        let entries = try await namespace.entries(prefix: key).collect()
        #expect(isThere && count == 5 && pinnedCount == 5 && entries.count == 1)
        try await namespace.delete(key)
        try await namespace.flush()
        let deleted = try await namespace.get(key)
        #expect(deleted == nil)
        let old = try await snapshot.get(key)
        #expect(old == "value".bytes)
        let wasThere = try await snapshot.contains(key)
        let oldCount = try await snapshot.withValue(for: key) { $0.byteCount }
        let oldPinnedCount = try await snapshot.pinned(key)?.count
        #expect(wasThere && oldCount == 5 && oldPinnedCount == 5)
    }

    @Test("Any kind of key, for a task of no actor")
    func kinds() async throws {
        try await withTemporaryStore { store, namespace in
            let bytes = Array("key of many".utf8)
            try await use(namespace, bytes)
            try await use(namespace, bytes[4...])
            try await use(namespace, ContiguousArray(bytes))
            try await use(namespace, "key")
            try await use(namespace, "a key".dropFirst(2))
            try await use(namespace, "static" as StaticString)
            try await use(namespace, bytes.span.bytes)
            try await use(namespace, OwnKey(bytes: bytes))
            try await use(namespace, SharedKey(bytes))
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 3, alignment: 1)
            defer { buffer.deallocate() }
            buffer.copyBytes(from: "buf".utf8)
            try await use(namespace, UnsafeRawBufferPointer(buffer))
            let raw = UnsafeRawBufferPointer(buffer)
            #expect(try await namespace.getMany([raw, raw]) == [nil, nil])
            let sums = try await store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
            try await sums.merge(bytes.span.bytes, MergeOperator.number(1).span.bytes)
            let sum = try await sums.get(bytes.span.bytes)
            #expect(sum == MergeOperator.number(1))
        }
    }

    private nonisolated(nonsending) func use(
        _ txn: AsyncTransaction, _ key: borrowing some Bytes & ~Copyable & ~Escapable
    ) async throws {
        try txn.put(key, "value")
        let copy = try await txn.get(key)
        let isThere = try await txn.contains(key)
        var entries: [Entry] = []
        for try await entry in txn.entries(prefix: key) { entries.append(entry) }
        #expect(copy == "value".bytes && isThere && entries.map(\.value) == ["value".bytes])
        try txn.delete(key)
        let deleted = try await txn.get(key)
        let isStillThere = try await txn.contains(key)
        #expect(deleted == nil && !isStillThere)
    }

    @Test("Any kind of key, in a transaction")
    func kindsInATransaction() async throws {
        try await withTemporaryStore { _, namespace in
            try await namespace.withTransaction { txn in
                let bytes = Array("key of many".utf8)
                try await use(txn, bytes)
                try await use(txn, bytes[4...])
                try await use(txn, "a key".dropFirst(2))
                try await use(txn, "static" as StaticString)
                try await use(txn, bytes.span.bytes)
                try await use(txn, OwnKey(bytes: bytes))
                try await use(txn, SharedKey(bytes))
                let many = try await txn.getMany([SharedKey(bytes), SharedKey([])])
                #expect(many == [nil, nil])
                try txn.deleteRange("a"..<"b")
                for try await _ in txn.entries("a"..<"b", reversed: true) { Issue.record("an entry") }
            }
        }
    }

    @Test("Any kind of key and closure, for a task of an actor, which they do not leave")
    func onAnActor() async throws {
        try await withTemporaryStore { _, namespace in try await Self.useOnMainActor(namespace) }
    }

    @MainActor
    private static func useOnMainActor(_ namespace: Namespace) async throws {
        let key = SharedKey(Array("key".utf8))
        try await namespace.put(key, "value")
        let bytes = key.bytes
        let span = bytes.span.bytes
        let (first, second) = (try await namespace.get(span), try await namespace.get(key))
        #expect(first == "value".bytes && second == "value".bytes)
        var seen: [SharedKey] = []
        let value = try await namespace.withValue(for: span) { bytes in
            MainActor.assertIsolated()
            seen.append(key)
            return SharedKey(Array(bytes))
        }
        #expect(value?.bytes == "value".bytes)
        try await namespace.write { batch in
            MainActor.assertIsolated()
            seen.append(key)
            batch.put(key, "other")
        }
        try await namespace.entries().forEach { _ in seen.append(key) }
        #expect(seen.count == 3)
        let last = try await namespace.snapshot().get(key)
        #expect(last == "other".bytes)
    }
}
