import Foundation
import KVStore
import Testing

/// What hangs is not joined: the test fails and leaves it.
@Suite("Updates within updates of other namespaces never wait for each other for ever")
struct CrosswiseUpdateTests {
    private struct Hang: Error {}

    /// Waits until `count` threads have ended.
    private func expectEnd(_ ended: Tally, _ count: Int) throws {
        let isOver = eventually { ended.value == count }
        #expect(isOver, "\(count - ended.value) of \(count) threads hang")
        if !isOver { throw Hang() }
    }

    enum Inner: CaseIterable { case update, transaction, readingUpdate }

    /// Adds one to a number of `namespace`.
    private static func bump(_ namespace: Namespace, _ inner: Inner) throws {
        func next(_ bytes: [UInt8]?) -> String {
            "\((bytes.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0) + 1)"
        }
        switch inner {
        case .update: try namespace.update { $0.put("n", next(try $0.get("n"))) }
        case .transaction: try namespace.transaction { try $0.put("n", next(try $0.get("n"))) }
        case .readingUpdate: _ = try namespace.update { try $0.get("n") }
        }
    }

    @Test("Both orders at once: one of them is refused, and all that was not refused counts", arguments: Inner.allCases)
    func bothOrders(_ inner: Inner) throws {
        try withTemporaryStore { store, first in
            let second = try store.createNamespace("second")
            let third = store.metadata
            let ended = Tally()
            let (done, refused) = (Tally(), Tally())
            let orders = [
                [first, second], [second, first], [second, third], [third, first], [first, second], [third, second],
            ]
            let rounds = 400
            for order in orders {
                Thread {
                    for _ in 0..<rounds {
                        do {
                            try order[0].update { update in
                                let count =
                                    try update.get("outer").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
                                update.put("outer", "\(count + 1)")
                                try Self.bump(order[1], inner)
                            }
                            done.add()
                        } catch let error as StoreError where error.code == .busy {
                            #expect(error.isRetryable && error.description.contains("the other way round"), "\(error)")
                            refused.add()
                        } catch {
                            Issue.record("\(error)")
                        }
                    }
                    ended.add()
                }.start()
            }
            try expectEnd(ended, orders.count)
            print("\(inner): \(done.value) done, \(refused.value) refused")
            let outer = try [first, second, third].map { namespace in
                try namespace.get("outer").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
            }
            #expect(outer.reduce(0, +) == done.value)
        }
    }

    @Test("Two threads that hold one each and want the other's: one is refused, the other goes on")
    func crosswise() throws {
        try withTemporaryStore { store, first in
            let second = try store.createNamespace("second")
            let ended = Tally()
            let refused = Tally()
            let both = Tally()
            for order in [[first, second], [second, first]] {
                Thread {
                    do {
                        try order[0].update { outer in
                            outer.put("outer", "1")
                            both.add()
                            _ = eventually(within: 5) { both.value == 2 }
                            try order[1].update { $0.put("inner", "1") }
                        }
                    } catch let error as StoreError where error.code == .busy {
                        refused.add()
                    } catch {
                        Issue.record("\(error)")
                    }
                    ended.add()
                }.start()
            }
            try expectEnd(ended, 2)
            #expect(refused.value == 1)
            let outer = [try first.contains("outer"), try second.contains("outer")]
            let inner = [try first.contains("inner"), try second.contains("inner")]
            #expect(outer.count(where: \.self) == 1 && inner == outer.reversed())
        }
    }

    @Test("One order, from many threads, tasks and within one another, is never refused")
    func oneOrder() async throws {
        try await withTemporaryStore { store, first in
            let second = try await store.createNamespace("second")
            let third = try await store.createNamespace("third")
            try await onAThread {
                try onThreads(6) { thread in
                    for _ in 0..<100 {
                        try first.update { one in
                            one.put("\(thread)", "1")
                            if thread % 2 == 0 {
                                try second.update { two in
                                    two.put("\(thread)", "1")
                                    try third.update { $0.put("\(thread)", "1") }
                                }
                            } else {
                                try third.update { $0.put("\(thread)", "1") }
                            }
                        }
                    }
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<20 {
                    group.addTask {
                        try await first.update { one in
                            one.put("task \(task)", "1")
                            try second.update { $0.put("task \(task)", "1") }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await second.entries().collect().count == 23)
            // One after the other, in whatever order.
            try await onAThread {
                try first.update { _ in try second.update { $0.put("a", "1") } }
                try second.update { _ in try first.update { $0.put("a", "1") } }
                #expect(throws: StoreError.self) {
                    try first.update { _ in try second.update { _ in try first.update { _ in } } }
                }
            }
        }
    }

    @Test("Tasks in both orders come to their end as well")
    func tasks() async throws {
        try await withTemporaryStore { store, first in
            let second = try await store.createNamespace("second")
            let ended = Tally()
            for task in 0..<40 {
                let order = task % 2 == 0 ? [first, second] : [second, first]
                Task {
                    for _ in 0..<20 {
                        do {
                            try await order[0].update { outer in
                                outer.put("\(task)", "1")
                                try order[1].update { $0.put("\(task)", "1") }
                            }
                        } catch let error as StoreError where error.code == .busy {
                        } catch {
                            Issue.record("\(error)")
                        }
                    }
                    ended.add()
                }
            }
            let isOver = try await onAThread { eventually { ended.value == 40 } }
            #expect(isOver)
            if !isOver { throw Hang() }
        }
    }
}
