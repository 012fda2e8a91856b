internal import Foundation
package import KVStore
internal import SystemPackage

/// A process of which a call fails, and that then makes the calls that it is told to: `<call> <error code or fine>` for
/// each, the one that fails under the name `failing`.
package enum AfterFailureCommand {
    package enum Call: String, CaseIterable, Sendable {
        case put, update, flush, compact, sync, wait, get, scan, snapshot, reopen, close
    }

    /// - Parameters:
    ///   - armed: the file that is there while the failing call is made.
    ///   - calls: the failing call and those that follow it.
    package static func arguments(store: String, layout: Store.Layout, armed: String, calls: [Call]) -> [String] {
        [
            "after-failure", "--store", store, "--layout", layout.rawValue, "--armed", armed, "--calls",
            calls.map(\.rawValue).joined(separator: ","),
        ]
    }

    package static func run(_ arguments: Arguments) throws {
        var plan = WriterPlan()
        plan.intervalMilliseconds = 10
        plan.layout = arguments.text("layout").flatMap(Store.Layout.init)
        let store = try Store.open(
            at: FilePath(try arguments.required("store")), configuration: plan.configuration)
        // A neighbour, which a single database stops and reopens too. Synced, so that the log syncer leaves it alone.
        let neighbour = try store.namespace("namespace-1", createIfMissing: true)
        try neighbour.put("near", "value", durability: .synced)
        let namespace = try store.namespace("namespace-0", createIfMissing: true)
        // Two table files that overlap, and a memtable.
        for _ in 0..<2 {
            for number in 0..<50 { try namespace.put("key \(number)", "value \(number)") }
            try namespace.flush()
        }
        try namespace.put("later", "value")

        let calls = try arguments.required("calls").split(separator: ",").compactMap { Call(rawValue: String($0)) }
        let armed = try arguments.required("armed")
        try Data().write(to: URL(fileURLWithPath: armed))
        if let failing = calls.first { say("failing") { try make(failing, namespace) } }
        try FileManager.default.removeItem(atPath: armed)
        for call in calls.dropFirst() { say(call.rawValue) { try make(call, namespace) } }
        if calls.contains(.reopen) {
            say("neighbour") {
                try expect(try neighbour.get("near") == Array("value".utf8))
                try neighbour.put("near", "other", durability: .synced)
                try neighbour.flush()
            }
        }
        ChildSetup.print("done")
    }

    private static func make(_ call: Call, _ namespace: Namespace) throws {
        switch call {
        case .put: try namespace.put("later", "value", durability: .synced)
        case .update: try namespace.update { $0.put("later", "value") }
        case .flush: try namespace.flush()
        case .compact: try namespace.compact()
        case .sync: try namespace.sync()
        // The log syncer comes by some times.
        case .wait: Clock.sleep(milliseconds: 200)
        case .get: try expect(try namespace.get("key 7") == Array("value 7".utf8))
        case .scan: try expect(try namespace.entries(prefix: "key").collect().count == 50)
        case .snapshot: try expect(try namespace.snapshot().get("key 8") == Array("value 8".utf8))
        case .reopen: try namespace.reopen()
        case .close: try namespace.store.close()
        }
    }

    private static func expect(_ condition: Bool) throws {
        if !condition { throw FaultFailure("a wrong answer") }
    }

    private static func say(_ name: String, _ body: () throws -> Void) {
        do {
            try body()
            ChildSetup.print("\(name) fine")
        } catch let error as StoreError {
            ChildSetup.print("\(name) \(error.code) \(error)")
        } catch {
            ChildSetup.print("\(name) wrong \(error)")
        }
    }
}
