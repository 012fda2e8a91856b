import Testing

@Suite("Every public call suspends in async code, is refused there, or never waits")
struct PublicCallsTests {
    /// Why calls need no async form, by name or by type.
    private static let exceptions: [String: String] = [
        // Values in memory.
        "Array": value, "ArraySlice": value, "ByteCount": value, "Bytes": value, "Change": value, "ClosedRange": value,
        "ContiguousArray": value, "Durability": value, "Entry": value, "KeyRange": value, "KeyRangeExpression": value,
        "MemoryUsage": value, "MergeOperator": value, "NamespaceOptions": value, "PartialRangeFrom": value,
        "PartialRangeThrough": value, "PartialRangeUpTo": value, "Range": value, "RawSpan": value,
        "RepairReport": value, "ScanOptions": value, "StaticString": value, "StoreBatch": value,
        "StoreConfiguration": value, "StoreError": value, "StoreError.Code": value,
        "StoreError.Operation": value, "String": value, "Substring": value, "Tuning": value,
        "UnsafeBufferPointer": value, "UnsafeRawBufferPointer": value, "Verification": value, "WriteBatch": value,
        "KeyedUpdate": value, "StoreCapabilities": value, "ChangeRetention": value,
        "DiskBudget": value, "Timestamp": value,
        "Writable": "a batch in memory, or of a closure that runs on an I/O thread",
        "PinnedValue.bytes": "in memory, which it holds", "PinnedValue.withBytes(_:)": "in memory, which it holds",
        "Cursor.isAtEntry": "of the entry that it is at", "Cursor.key": "of the entry that it is at",
        "Cursor.value": "of the entry that it is at",
        // Read where a closure runs, which is on an I/O thread where a task waits for it.
        "Transaction": "of a closure that runs on an I/O thread", "Update": "of a closure that runs on an I/O thread",
        "AsyncTransaction.put(_:_:expiresAfter:)": kept,
        "AsyncTransaction.put(_:_:)": kept, "AsyncTransaction.merge(_:_:)": kept, "AsyncTransaction.delete(_:)": kept,
        "AsyncTransaction.deleteRange(_:)": kept, "KeyValueTransaction.put(_:_:)": kept,
        "KeyValueTransaction.delete(_:)": kept, "KeyValueTransaction.deleteRange(_:)": kept,
        // Told from what the store keeps in memory, open or not.
        "CommitReceipt.isDurable": "two numbers are compared", "Namespace.name": known, "Namespace.id": known,
        "Namespace.attributes": known, "Namespace.tuning": known, "Namespace.changeRetention": known,
        "Namespace.durabilityLag": known,
        "Store.durabilityLag": known, "Store.layout": known, "Store.memoryBudget": known, "Store.metadata": known,
        "Store.capabilities": known, "KeyValueStore.capabilities": known, "KeyValueNamespace.name": known,
        "KeyValueReceipt.isDurable": "two numbers are compared",
        "Store.memoryUsage": "the engine adds up what it holds, and nothing is opened",
        "Store.engineStatistics": "the engine adds up what it counted, and nothing is opened",
        "EngineStatistics.Distribution": value,
        // Nothing is read before the first is asked for.
        "Readable.entries(_:reversed:limit:options:)": lazy, "Readable.entries(prefix:reversed:limit:options:)": lazy,
        "AsyncTransaction.entries(_:reversed:limit:)": lazy, "AsyncTransaction.entries(prefix:reversed:limit:)": lazy,
        "AsyncTransactionEntries.makeAsyncIterator()": lazy, "Namespace.entries(_:reversed:limit:)": lazy,
        "Snapshot.entries(_:reversed:limit:)": lazy, "KeyValueReader.entries(_:reversed:limit:)": lazy,
        "KeyValueChanges.changes(since:)": lazy, "ChangeConsumer.changes()": lazy,
        "Entries.makeAsyncIterator()": lazy, "Namespace.changes(since:)": lazy, "Changes.makeAsyncIterator()": lazy,
    ]
    private static let value = "a value in memory"
    private static let known = "known without opening or reading anything"
    private static let kept = "kept until the closure has returned; waits for no read"
    private static let lazy = "reads nothing before the first is asked for"

    @Test("Those of the library")
    func library() throws {
        let calls = try PublicCall.all()
        #expect(calls.count > 250)
        #expect(calls.count { $0.isAsync } > 50)
        for complaint in complaints(of: calls, Self.exceptions) { Issue.record("\(complaint)") }
    }

    @Test("A call without an async form is found, and one whose async form takes less")
    func found() {
        let calls = PublicCall.all(
            in: """
                extension Thing {
                    public func bare(
                        _ key: some Bytes, from start: Int = 0, _ body: (Int) throws -> Void
                    ) throws(StoreError) -> Int { 0 }
                    public var count: Int {
                        get throws(StoreError) { 0 }
                    }
                    public let stored: Int
                    public private(set) var settable = [1: 2]
                    public func whole<A>(_ key: borrowing some Bytes & ~Copyable, for list: [Int: A]) throws {}
                    public func whole<A>(
                        _ key: borrowing some Bytes & ~Copyable, for list: [Int: A]
                    ) async throws {}
                    public func narrow(_ key: borrowing some Bytes & ~Copyable) throws {}
                    public func narrow(_ key: some Bytes & Sendable) async throws {}
                    @available(*, noasync, message: "m")
                    @discardableResult
                    public static func refused(_ body: () throws -> Void) throws {}
                    public static func refused(_ body: @escaping @Sendable () throws -> Void) async throws {}
                    public var later: Int { get async throws { 0 } }
                    func inside() {}
                    public struct Inner {
                        public init(from number: Int) {}
                        public static func < (one: Inner, other: Inner) -> Bool { true }
                    }
                    public func after() {}
                }
                public protocol Needs {
                    func needed(_ range: Int) throws(StoreError)
                        -> Int
                    var number: Int { get }
                }
                protocol Own {
                    func own()
                }
                """, file: "Thing.swift")
        #expect(
            calls.map(\.name) == [
                "Thing.bare(_:from:_:)", "Thing.count", "Thing.whole(_:for:)", "Thing.whole(_:for:)",
                "Thing.narrow(_:)", "Thing.narrow(_:)", "Thing.refused(_:)", "Thing.refused(_:)", "Thing.later",
                "Thing.Inner.init(from:)", "Thing.Inner.<(one:other:)", "Thing.after()", "Needs.needed(_:)",
                "Needs.number",
            ])
        #expect(
            complaints(of: calls, ["Thing.after()": "it never waits", "Thing.Inner": "a value"]) == [
                "Thing.bare(_:from:_:) at Thing.swift:2 has no async form",
                "Thing.count at Thing.swift:5 has no async form",
                "Thing.narrow(_:) at Thing.swift:14 has no async form that takes all that it takes",
                "Needs.needed(_:) at Thing.swift:29 has no async form",
                "Needs.number at Thing.swift:31 has no async form",
            ])
    }

    @Test("An exception that is none any more is found")
    func stale() {
        let calls = PublicCall.all(in: "extension Thing {\n    public func now() async {}\n}", file: "Thing.swift")
        #expect(
            complaints(of: calls, ["Thing.now()": "it never waits", "Gone": "a value"]).sorted() == [
                "the exception Gone is of no call", "the exception Thing.now() is of no call",
            ])
    }

    /// What is wrong: a synchronous call has to have an async form that takes all that it takes, to be refused in async
    /// code, or to be among the exceptions.
    private func complaints(of calls: [PublicCall], _ exceptions: [String: String]) -> [String] {
        var used: Set<String> = []
        var complaints: [String] = []
        for call in calls where !call.isAsync && !call.isRefusedInAsyncCode {
            let asyncForms = calls.filter { $0.isAsync && $0.name == call.name }
            if asyncForms.contains(where: { $0.takes == call.takes }) { continue }
            let head = call.name.prefix { $0 != "(" }
            let type = String(head.prefix(upTo: head.lastIndex(of: ".") ?? head.startIndex))
            if let exception = [call.name, type].first(where: { exceptions[$0] != nil }) {
                used.insert(exception)
                continue
            }
            complaints.append(
                "\(call.name) at \(call.place) has no async form"
                    + (asyncForms.isEmpty ? "" : " that takes all that it takes"))
        }
        return complaints + exceptions.keys.filter { !used.contains($0) }.map { "the exception \($0) is of no call" }
    }
}
