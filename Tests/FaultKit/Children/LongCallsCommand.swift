internal import Foundation
package import KVStore
internal import Synchronization
internal import SystemPackage

/// A process in which long asynchronous calls are under way, as long as it takes, and short ones must end meanwhile.
package enum LongCallsCommand {
    package static func arguments(store: String, layout: Store.Layout) -> [String] {
        ["long-calls", "--store", store, "--layout", layout.rawValue]
    }

    package static func run(_ arguments: Arguments) throws {
        let gate = Gate()
        let slow = MergeOperator("slow") { earlier, later in
            gate.pass()
            return Array(earlier) + Array(later)
        }
        var plan = WriterPlan()
        plan.layout = arguments.text("layout").flatMap(Store.Layout.init)
        var configuration = plan.configuration
        configuration.mergeOperators = [slow]
        let watch = CallWatch()
        let path = try arguments.required("store")
        let store = try Store.open(at: FilePath(path), configuration: configuration)
        let quick = try store.createNamespace("quick")
        try quick.put("number", "0")
        let namespaces = try (0..<3).map { number in
            let namespace = try store.createNamespace("slow-\(number)", options: NamespaceOptions(mergeOperator: slow))
            for _ in 0..<2 { try namespace.merge("key", "operand") }
            return namespace
        }
        gate.close()
        // Each comes to a value that cannot be combined yet.
        let group = DispatchGroup()
        let calls: [@Sendable () async throws -> Void] =
            namespaces.map { namespace in { _ = try await namespace.verify() } } + [
                { _ = try await store.verify() },
                { _ = try await store.verify() },
                { _ = try await store.verify() },
            ]
        for call in calls {
            group.enter()
            Task.detached {
                do { try await call() } catch { ChildSetup.print("bad a long call: \(error)") }
                group.leave()
            }
        }
        gate.waitForSome()
        Clock.sleep(milliseconds: 100)
        for number in 1...20 {
            try watch.watch("an async update beside long calls") {
                try waiting { try await quick.update { $0.put("number", "\(number)") } }
            }
            let value = try watch.watch("an async read beside long calls") {
                try waiting { try await quick.get("number") }
            }
            if value != Array("\(number)".utf8) { ChildSetup.print("bad an update that is not read") }
        }
        gate.open()
        watch.watch("the long calls") { group.wait() }
        try watch.watch("close") { try store.close() }
        ChildSetup.print("done")
    }
}

/// Holds up those who come to it while it is closed.
private final class Gate: @unchecked Sendable {  // guarded by its condition
    private let condition = NSCondition()
    private var isClosed = false
    private var waiting = 0

    func close() { condition.withLock { isClosed = true } }

    func open() {
        condition.withLock {
            isClosed = false
            condition.broadcast()
        }
    }

    func pass() {
        condition.withLock {
            waiting += 1
            condition.broadcast()
            while isClosed { condition.wait() }
            waiting -= 1
        }
    }

    func waitForSome() { condition.withLock { while waiting == 0 { condition.wait() } } }
}
