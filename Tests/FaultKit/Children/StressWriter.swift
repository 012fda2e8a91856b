internal import Foundation
internal import KVStore
internal import Synchronization

/// Writes and reads namespaces that all threads share, by every kind of call. What only it writes, it knows.
final class StressWriter: StressThread, @unchecked Sendable {  // used by one thread at a time
    private let own: String
    /// What its counter in each namespace was last set to.
    private var counters: [String: Int] = [:]
    /// The last call that failed in each namespace while the store was being closed: it must have changed nothing.
    private var unfinished: [String: String] = [:]

    init(_ stress: Stress, _ number: Int) {
        own = "writer-\(number)"
        super.init(stress, "writer", number)
        for name in Stress.names { counters[name] = 0 }
    }

    static func number(_ value: [UInt8]?) -> Int { value.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0 }

    func run() {
        while !isOver {
            let name = Stress.names[number(0..<Stress.names.count)]
            // It may have been closed to make room for others.
            guard let namespace = call("namespace", { try store.namespace(name) }) else { continue }
            switch number(0..<20) {
            case 0..<8: count(name, namespace)
            case 8..<12: write(namespace)
            case 12..<15: read(name, namespace)
            case 15: exchange(name, namespace)
            case 16: call("sync") { try namespace.sync() }
            case 17: maintain(namespace)
            case 18: nest(namespace)
            default: if stress.holds { hold(name, namespace) }
            }
        }
    }

    // MARK: The counter

    private func count(_ name: String, _ namespace: Namespace) {
        let (key, before) = ("counter/\(own)", counters[name] ?? 0)
        let (next, durability) = ("\(before + 1)", number(0..<3) == 0 ? Durability.synced : .buffered)
        var what = ""
        func attempt(_ name: String, _ codes: Set<String> = [], _ body: () throws -> Void) -> Bool {
            what = name
            return call(name, allowing: codes, body) != nil
        }
        let isDone: Bool
        switch number(0..<(stress.holds ? 7 : 5)) {
        case 0:
            isDone = attempt("\(durability) put") { try namespace.put(key, next, durability: durability) }
        case 1:
            isDone = attempt("async \(durability) put") {
                _ = try waiting { try await namespace.put(key, next, durability: durability) }
            }
        case 2:
            var receipt: CommitReceipt?
            isDone = attempt("put") { receipt = try namespace.put(key, next) }
            if let receipt { call("waiting until a put is durable") { try receipt.waitUntilDurable() } }
        case 3:
            isDone = attempt("\(durability) update") {
                try namespace.update(durability: durability) { try self.count(&$0, name, before) }
            }
        case 4:
            // Its thread waits for it.
            isDone = attempt("async \(durability) update") {
                try waiting {
                    try await namespace.update(durability: durability) { try self.count(&$0, name, before) }
                }
            }
        case 5:
            isDone = attempt("\(durability) transaction", holding) {
                try namespace.transaction(durability: durability) { transaction in
                    self.expect(Self.number(try transaction.get(key)), before, "a transaction")
                    try transaction.put(key, next)
                }
            }
        default:
            isDone = attempt("async \(durability) transaction", holding) {
                try waiting {
                    try await namespace.transaction(durability: durability) { transaction in
                        self.expect(Self.number(try transaction.get(key)), before, "a transaction")
                        try transaction.put(key, next)
                    }
                }
            }
        }
        guard !isDone else {
            counters[name] = before + 1
            return
        }
        unfinished[name] = what
        guard !isOver, let value = call("get", { try namespace.get(key) }) else { return }
        judge(name, Self.number(value))
    }

    /// Counts in an update, which must see all that was acknowledged, by other threads too.
    private func count(_ update: inout Update, _ name: String, _ before: Int) throws {
        let key = "counter/\(own)"
        expect(Self.number(try update.get(key)), before, "an update")
        if name == Stress.names[0] {
            let start = stress.clock.load(ordering: .sequentiallyConsistent)
            // Often something is written meanwhile.
            if Bool.random(using: &random) {
                for _ in 0..<20 where stress.clock.load(ordering: .sequentiallyConsistent) == start {
                    Clock.sleep(milliseconds: 1)
                }
            }
            let acknowledged = stress.clock.load(ordering: .sequentiallyConsistent)
            let found = Self.number(try update.get("clock"))
            if found < acknowledged { bad("an update read \(found), \(acknowledged) was acknowledged before") }
        }
        update.put(key, "\(before + 1)")
    }

    private func expect(_ found: Int, _ expected: Int, _ what: String) {
        if found != expected { bad("\(what) read \(found), \(expected) was acknowledged") }
    }

    /// Looks whether what failed has changed nothing.
    private func judge(_ name: String, _ found: Int) {
        let expected = counters[name] ?? 0
        defer {
            counters[name] = found
            unfinished[name] = nil
        }
        if found == expected { return }
        if found == expected + 1, let what = unfinished[name] {
            bad("\(what) threw although it was committed")
        } else {
            bad("the counter is \(found), \(expected) was acknowledged")
        }
    }

    /// To be called when the store was opened again.
    func audit(_ store: Store) throws {
        for name in Stress.names {
            judge(name, Self.number(try store.namespace(name).get("counter/\(own)")))
        }
    }

    // MARK: Other writes

    private func write(_ namespace: Namespace) {
        let (store, number) = (store, number(0..<1000))
        let key = "\(own)/\(number)"
        switch self.number(0..<9) {
        case 0:
            call("batch") {
                try namespace.write { batch in
                    for index in 0..<5 { batch.put("\(key)/\(index)", "value \(number)") }
                }
            }
        case 1: call("delete") { try namespace.delete(key) }
        case 2: call("range deletion") { try namespace.deleteRange(.prefix("\(key)/")) }
        case 3:
            let entries = (0..<20).map { (key: "\(own)/load/\(number)/\(10 + $0)", value: "loaded") }
            call("load", allowing: ["busy"]) {
                _ =
                    number % 2 == 0
                    ? try namespace.ingest(entries) : try namespace.ingest(unsorted: entries.reversed())
            }
        case 4:
            let entries = (0..<5).map { (key: "\(own)/load/\(number)/\(10 + $0)", value: "loaded") }
            call("async load", allowing: ["busy"]) { _ = try waiting { try await namespace.ingest(entries) } }
        case 5:
            call("merge") { try store.namespace(Stress.merging).merge("sum", MergeOperator.number(1)) }
        case 6: call("unlogged put") { try namespace.put("unlogged/\(key)", "value", durability: .unlogged) }
        case 7: call("put") { try namespace.put(key, [UInt8](repeating: 7, count: number)) }
        default:
            call("async batch") {
                _ = try waiting { try await namespace.write { $0.put(key, "value") } }
            }
        }
    }

    /// A commit to two namespaces in either order, where they share a database.
    private func exchange(_ name: String, _ namespace: Namespace) {
        let store = store
        let other = Stress.names[number(0..<Stress.names.count)]
        guard stress.layout == .singleDatabase, other != name,
            let second = call("namespace", { try store.namespace(other) })
        else { return }
        let (key, value) = ("pair/\(own)", "\(random.next())")
        if isAsync() {
            call("async write to two namespaces") {
                _ = try waiting {
                    try await store.write { batch in
                        batch.put(key, value, in: namespace)
                        batch.put(key, value, in: second)
                    }
                }
            }
        } else {
            call("write to two namespaces") {
                try store.write { batch in
                    batch.put(key, value, in: namespace)
                    batch.put(key, value, in: second)
                }
            }
        }
    }

    /// Calls within an update, of its own namespace and of another one.
    private func nest(_ namespace: Namespace) {
        guard let other = call("namespace", { try store.namespace(Stress.names[number(0..<Stress.names.count)]) })
        else {
            return
        }
        let (key, way) = ("nested/\(own)", number(0..<4))
        // Two that nest the same two the other way round cannot both go on; the same one twice is refused.
        let codes: Set<String> = way < 3 ? [] : [other.id == namespace.id ? "invalidArgument" : "busy"]
        call(
            "update with way \(way) within",
            allowing: codes
        ) {
            try namespace.update { update in
                update.put(key, "value")
                switch way {
                case 0: try namespace.put(key + "/plain", "value")
                case 1: try other.put(key + "/plain", "value")
                case 2: _ = try other.get(key)
                default: try other.update { $0.put(key, "value") }
                }
            }
        }
    }

    private func maintain(_ namespace: Namespace) {
        switch number(0..<4) {
        case 0: call("flush") { try namespace.flush() }
        case 1: call("compact") { try namespace.compact() }
        case 2: call("async flush") { try waiting { try await namespace.flush() } }
        default: call("approximate size") { _ = try namespace.approximateSize(.all) }
        }
    }

    // MARK: Reads

    private func read(_ name: String, _ namespace: Namespace) {
        let key = "counter/\(own)"
        let found: [UInt8]??
        switch number(0..<4) {
        case 0: found = call("get") { try namespace.get(key) }
        case 1: found = call("async get") { try waiting { try await namespace.get(key) } }
        case 2: found = call("getMany") { try namespace.getMany(["nothing", key])[1] }
        default: found = call("withValue") { try namespace.withValue(for: key) { Array($0) } }
        }
        if let found { expect(Self.number(found), counters[name] ?? 0, "a read") }
    }

    /// Reads that keep the namespace from being reopened while they last.
    private func hold(_ name: String, _ namespace: Namespace) {
        let key = "counter/\(own)"
        switch number(0..<4) {
        case 0:
            call("scan", allowing: holding) { _ = try namespace.entries(limit: 200).collect() }
        case 1:
            call("snapshot", allowing: holding) {
                expect(Self.number(try namespace.snapshot().get(key)), counters[name] ?? 0, "a snapshot")
            }
        case 2:
            call("cursor", allowing: holding) {
                var cursor = try namespace.cursor()
                for _ in 0..<10 where try cursor.next() { Clock.sleep(milliseconds: 1) }
            }
        default:
            call("pinned", allowing: holding) {
                guard let pinned = try namespace.pinned(key) else { return }
                Clock.sleep(milliseconds: 2)
                expect(Self.number(pinned.withBytes { Array($0) }), counters[name] ?? 0, "a pinned value")
            }
        }
    }
}
