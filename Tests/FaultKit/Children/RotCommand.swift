internal import Foundation
internal import KVStore
internal import SystemPackage

/// Reads a store of which something was damaged, and says what came of it.
///
/// `refused <error>` where a call failed, `older <stream> <head>` where a stream is whole but shorter than it was,
/// `bad <what>` where what was read is wrong, `done` at the end.
package enum RotCommand {
    package static func arguments(_ plan: WriterPlan, heads: [Int: UInt64]) -> [String] {
        var arguments = plan.arguments
        arguments[0] = "rot-verify"
        let expected = heads.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
        return arguments + ["--expect", expected.joined(separator: ",")]
    }

    package static func run(_ arguments: Arguments) throws {
        let plan = try WriterPlan(arguments)
        attempt {
            let store = try Store.open(at: FilePath(plan.store), configuration: plan.configuration)
            for pair in try arguments.required("expect").split(separator: ",") {
                let numbers = pair.split(separator: ":").compactMap { UInt64($0) }
                guard numbers.count == 2 else { throw FaultFailure("no stream and head: \(pair)") }
                check(Int(numbers[0]), expecting: numbers[1], plan.shape, store)
            }
            attempt { try store.close() }
        }
        ChildSetup.print("done")
    }

    /// - Returns: whether there is any use in going on: not when the database does not even open.
    @discardableResult
    private static func attempt(_ body: () throws -> Void) -> Bool {
        do {
            try body()
        } catch {
            let known = error as? StoreError
            ChildSetup.print("refused \(known?.code.description ?? "none") \(error)")
            return known?.operation.description != "open"
        }
        return true
    }

    private static func check(_ stream: Int, expecting head: UInt64, _ shape: StreamShape, _ store: Store) {
        attempt {
            var namespace = store.metadata
            if let name = StreamPlace.namespace(of: stream) { namespace = try store.namespace(name) }
            var actual = head
            let isOpen = attempt {
                let value = try namespace.get(StreamShape.headKey(stream))
                guard let found = value.map(StreamShape.parseHead) ?? 0, found <= head else {
                    ChildSetup.print("bad stream \(stream): a head that was never written")
                    return
                }
                actual = found
            }
            guard isOpen else { return }
            if actual < head { ChildSetup.print("older \(stream) \(actual)") }
            let entries = all(stream, actual, shape)
            for entry in entries { attempt { try checkGet(entry, namespace, stream, actual) } }
            attempt { try checkScan(entries, namespace, stream, forward: true) }
            attempt { try checkScan(entries.reversed(), namespace, stream, forward: false) }
        }
    }

    private typealias Pair = (key: [UInt8], value: [UInt8])

    private static func all(_ stream: Int, _ head: UInt64, _ shape: StreamShape) -> [Pair] {
        var expected = ExpectedEntries(stream, head, shape)
        var all: [Pair] = []
        while let entry = expected.next() { all.append(entry) }
        return all
    }

    private static func checkGet(_ entry: Pair, _ namespace: Namespace, _ stream: Int, _ head: UInt64) throws {
        let value = try namespace.get(entry.key)
        guard value != entry.value else { return }
        let key = String(decoding: entry.key, as: UTF8.self)
        ChildSetup.print("bad stream \(stream), head \(head): \(key) is \(value == nil ? "missing" : "wrong")")
    }

    /// A scan may end in an error, but not early, and not in other entries.
    private static func checkScan(
        _ entries: [Pair], _ namespace: Namespace, _ stream: Int, forward: Bool
    ) throws {
        var cursor = try namespace.cursor(.prefix(Array(StreamShape.headKey(stream).prefix(5))))
        for entry in entries {
            guard try forward ? cursor.next() : cursor.previous() else {
                ChildSetup.print("bad stream \(stream): a scan ended early, without an error")
                return
            }
            let key = cursor.key
            let value = cursor.value
            guard key.isEqual(to: entry.key), value.isEqual(to: entry.value) else {
                ChildSetup.print("bad stream \(stream): a scan found what is not there")
                return
            }
        }
        if try forward ? cursor.next() : cursor.previous() {
            ChildSetup.print("bad stream \(stream): a scan found more than there is")
        }
    }
}
