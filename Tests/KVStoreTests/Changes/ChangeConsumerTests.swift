import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVStore

@Suite("Readers of changes whose places are kept")
struct ChangeConsumerTests {
    private func withOrders(
        _ options: NamespaceOptions = .withChanges, _ body: (Store, Namespace) async throws -> Void
    ) async throws {
        try await withTemporaryStore { store, _ in
            try await body(store, try await store.createNamespace("orders", options: options))
        }
    }

    @Test("Each has its own place, which only goes forward unless it is moved")
    func places() async throws {
        try await withOrders { _, orders in
            let start = try await orders.put("before", "value").sequence
            let mailer = try await orders.consumer("mailer")
            let indexer = try await orders.consumer("indexer", startingAfter: 0)
            var sequences: [UInt64] = []
            for number in 0..<4 { sequences.append(try await orders.put("\(number)", "value").sequence) }
            #expect(try await mailer.position() == start)
            #expect(try await nextKeys(4, of: mailer.changes()) == ["0", "1", "2", "3"])
            #expect(try await nextKeys(5, of: indexer.changes()) == ["before", "0", "1", "2", "3"])
            try await mailer.acknowledge(sequences[2])
            try await mailer.acknowledge(sequences[0])
            #expect(try await mailer.position() == sequences[2])
            #expect(try await indexer.position() == 0)
            #expect(try await nextKeys(1, of: mailer.changes()) == ["3"])
            try await mailer.move(to: sequences[0])
            #expect(try await nextKeys(3, of: mailer.changes()) == ["1", "2", "3"])
            #expect(try await orders.consumers().map(\.name) == ["indexer", "mailer"])
            // One that is there goes on where it was, wherever one that is made would begin.
            #expect(try await orders.consumer("mailer", startingAfter: 0).position() == sequences[0])
        }
    }

    @Test("Acknowledged by many tasks in any order, the place is the furthest")
    func tasks() async throws {
        try await withOrders { _, orders in
            let mailer = try await orders.consumer("mailer")
            var sequences: [UInt64] = []
            for number in 0..<50 { sequences.append(try await orders.put("\(number)", "value").sequence) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sequence in sequences.shuffled() { group.addTask { try await mailer.acknowledge(sequence) } }
                try await group.waitForAll()
            }
            #expect(try await mailer.position() == sequences.last)
        }
    }

    @Test("A number that there has not been is refused and changes nothing; what is acknowledged is on disk")
    func beyond() async throws {
        try await withOrders { _, orders in
            let mailer = try await orders.consumer("mailer")
            let receipt = try await orders.put("a", "value")
            let start = try await mailer.position()
            for call in [
                { try mailer.acknowledge(receipt.sequence + 1) }, { try mailer.move(to: .max) },
                { _ = try orders.consumer("other", startingAfter: receipt.sequence + 1) },
            ] as [() throws -> Void] {
                expectError(.invalidArgument, "has come to sequence number") { try call() }
            }
            try? await mailer.acknowledge(.max)
            #expect(try await mailer.position() == start)
            try await mailer.acknowledge(receipt.sequence)
            #expect(receipt.isDurable)
        }
    }

    @Test("One that was removed can acknowledge nothing, and one of its name begins anew")
    func removed() async throws {
        try await withOrders { _, orders in
            let mailer = try await orders.consumer("mailer")
            let first = try await orders.put("a", "value").sequence
            try await orders.removeConsumer("mailer")
            try await orders.removeConsumer("mailer")
            #expect(try await orders.consumers().isEmpty)
            expectError(.invalidArgument, "was removed") { try mailer.acknowledge(first) }
            let error = await #expect(throws: StoreError.self) { try await nextKeys(1, of: mailer.changes()) }
            #expect(error?.code == .invalidArgument)
            #expect(try await orders.consumer("mailer").position() == first)
        }
    }

    @Test("A namespace that keeps no changes has none, nor has the metadata; names are bounded")
    func refused() async throws {
        try await withOrders { store, orders in
            let plain = try await store.namespace("test")
            expectError(.invalidArgument, "keeps no changes") { _ = try plain.consumer("mailer") }
            expectError(.invalidArgument) { _ = try store.metadata.consumer("mailer") }
            for name in ["", "a\nb", String(repeating: "a", count: 256)] {
                expectError(.invalidName, "consumer") { _ = try orders.consumer(name) }
            }
            let odd = try await orders.consumer("a/b")
            try await odd.acknowledge(try await orders.put("k", "v").sequence)
            #expect(try await orders.consumers().map(\.name) == ["a/b"])
        }
    }

    @Test("How long changes are kept has bounds, and what a namespace has is not passed over")
    func options() async throws {
        try await withOrders { store, orders in
            for retention in [
                ChangeRetention(keptFor: .milliseconds(999)), ChangeRetention(upTo: .kibibytes(1023)),
                ChangeRetention(keptFor: .seconds(-1)), ChangeRetention(upTo: ByteCount(-1)),
            ] {
                expectError(.invalidArgument, "changes.") {
                    try store.createNamespace("bad", options: NamespaceOptions(changes: retention))
                }
                expectError(.invalidArgument, "changes.") { try orders.setChangeRetention(retention) }
            }
            let longest = ChangeRetention(keptFor: .longest, upTo: ByteCount(.max))
            try await fill(try await store.createNamespace("longest", options: NamespaceOptions(changes: longest)), "a")
            expectError(.invalidArgument, "setChangeRetention") {
                _ = try store.namespace("test", options: .withChanges)
            }
            expectError(.invalidArgument, "setChangeRetention") {
                _ = try store.namespace("orders", options: .withFewChanges)
            }
            _ = try await store.namespace("orders", options: NamespaceOptions())
        }
    }

    @Test("A loop that waits ends with its task, and with the store, which can be opened again")
    func endings() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            let store = try await Store.open(at: path, configuration: .tiny)
            let orders = try await store.createNamespace("orders", options: .withChanges)
            let mailer = try await orders.consumer("mailer")
            func follow() -> Task<Int, any Error> {
                Task {
                    var count = 0
                    for try await change in mailer.changes() {
                        try await mailer.acknowledge(change.sequence)
                        count += 1
                    }
                    return count
                }
            }
            let (cancelled, left) = (follow(), follow())
            let sequence = try await orders.put("a", "value").sequence
            #expect(try await inTheEnd { try await mailer.position() == sequence })
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            try await store.close()
            let error = await #expect(throws: StoreError.self) { try await left.value }
            #expect(error?.code == .closed)
            expectError(.closed) { try mailer.acknowledge(sequence) }
            expectError(.closed) { _ = try mailer.position() }
            let again = try await Store.open(at: path, configuration: .tiny)
            let consumer = try await again.namespace("orders").consumer("mailer")
            #expect(try await consumer.position() == sequence)
            try await again.close()
        }
    }

    @Test("Beside a store that writes, places are read and not set")
    func reader() async throws {
        try await withOrders { store, orders in
            let mailer = try await orders.consumer("mailer")
            let keys = try await fill(orders, "a")
            let reader = try await Store.open(at: store.path, configuration: .tiny(.readOnly))
            let copy = try await reader.namespace("orders")
            let consumer = try await copy.consumer("mailer")
            #expect(try await consumer.position() == mailer.position())
            #expect(try await nextKeys(4, of: consumer.changes()) == keys)
            let latest = try await copy.latestSequence()
            expectError(.readOnly) { try consumer.acknowledge(latest) }
            expectError(.readOnly) { _ = try copy.consumer("another") }
            try await reader.close()
        }
    }
}
