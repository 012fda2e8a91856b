import Foundation
import KVStore
import Logging
import SystemPackage
import Testing

@testable import KVStore

@Suite("Consumers that are ahead of a namespace that has lost commits")
struct LostChangesTests {
    /// A closed store whose log was cut, with the numbers of its hundred commits. Of two consumers of them one acknowledged
    /// them all and the other five.
    private func makeStore(_ path: FilePath) async throws -> [UInt64] {
        let store = try await Store.open(at: path, configuration: .tiny)
        let orders = try await store.createNamespace("orders", options: .withChanges)
        let ahead = try await orders.consumer("ahead")
        let behind = try await orders.consumer("behind")
        var sequences: [UInt64] = []
        for number in 0..<100 {
            sequences.append(try await orders.put("\(number)", String(repeating: "v", count: 1000)).sequence)
        }
        try await ahead.acknowledge(sequences[99])
        try await behind.acknowledge(sequences[4])
        try await store.close()
        try cutLog(path)
        return sequences
    }

    private func cutLog(_ path: FilePath) throws {
        let database = path.database()
        let logs = try database.names().filter { $0.hasSuffix(".log") }.map { database.appending($0).string }
        func size(_ log: String) throws -> Int {
            try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0
        }
        let largest = try #require(try logs.max { try size($0) < size($1) })
        #expect(truncate(largest, 40_000) == 0)
    }

    private func accepting(_ log: KeptLog) -> StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        configuration.acceptsDataLoss = true
        configuration.logger = log.logger
        return configuration
    }

    /// What a loop over the changes of a consumer throws.
    private func loss(_ consumer: ChangeConsumer) async -> StoreError? {
        await #expect(throws: StoreError.self) { for try await _ in consumer.changes() { break } }
    }

    @Test("One is told until it is moved, whatever is committed meanwhile and after a restart; others go on")
    func ahead() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            let sequences = try await makeStore(path)
            let log = KeptLog()
            var store = try await Store.open(at: path, configuration: accepting(log))
            var orders = try await store.namespace("orders")
            var consumer = try await orders.consumer("ahead")
            // The namespace is opened by that.
            let error = await loss(consumer)
            let newest = try await orders.latestSequence()
            #expect(newest >= sequences[4] && newest < sequences[99])
            #expect(error?.code == .changesLost)
            #expect(error?.newestChange == newest)
            #expect(error?.oldestChange == nil)
            #expect(error?.namespace == "orders")
            #expect(error?.message.contains("\"ahead\"") == true)
            let first = consumer
            expectError(.changesLost) { _ = try first.position() }
            // It is not told that there has never been such a number.
            for sequence in [sequences[99], newest] {
                expectError(.changesLost) { try first.acknowledge(sequence) }
            }
            let kept = sequences.firstIndex(of: newest) ?? 0
            let behind = try await orders.consumer("behind")
            #expect(try await behind.position() == sequences[4])
            #expect(try await nextKeys(kept - 4, of: behind.changes()) == (5...kept).map { "\($0)" })

            // The numbers that were lost are of others now.
            let keys = (0..<200).map { "new \($0)" }
            for key in keys { try await orders.put(key, "value") }
            #expect(try await orders.latestSequence() > sequences[99])
            #expect(await loss(consumer)?.newestChange == newest)
            #expect(try await nextKeys(200 + kept - 4, of: behind.changes()).suffix(200) == keys[...])
            try await store.close()

            store = try await Store.open(at: path, configuration: .tiny)
            orders = try await store.namespace("orders")
            consumer = try await orders.consumer("ahead")
            #expect(await loss(consumer)?.newestChange == newest)
            #expect(try await orders.consumers().map(\.name) == ["ahead", "behind"])
            try await consumer.move(to: newest)
            #expect(try await consumer.position() == newest)
            #expect(try await nextKeys(200, of: consumer.changes()) == keys)
            try await consumer.acknowledge(try await orders.latestSequence())
            try await orders.reopen()
            let last = try await orders.put("last", "value").sequence
            #expect(try await nextKeys(1, of: consumer.changes()) == ["last"])
            try await consumer.acknowledge(last)
            try await store.close()

            let lines = log.messages("a consumer of changes has acknowledged commits that are lost")
            #expect(lines.map(\.level) == [.warning])
            let metadata = lines.first?.metadata ?? [:]
            #expect(metadata["namespace"] == "orders" && metadata["consumer"] == "ahead")
            #expect(metadata["acknowledged"] == "\(sequences[99])" && metadata["newest"] == "\(newest)")
        }
    }

    @Test("One that is moved before it has read is told no more, and one that is removed begins anew")
    func movedAndRemoved() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            _ = try await makeStore(path)
            let store = try await Store.open(at: path, configuration: accepting(KeptLog()))
            let orders = try await store.namespace("orders")
            let latest = try await orders.latestSequence()
            let ahead = try await orders.consumer("ahead")
            try await ahead.move(to: latest)
            let sequence = try await orders.put("a", "value").sequence
            #expect(try await nextKeys(1, of: ahead.changes()) == ["a"])
            try await ahead.acknowledge(sequence)
            try await orders.removeConsumer("behind")
            #expect(try await orders.consumer("behind").position() == sequence)
            try await store.close()
        }
    }

    @Test("A backup of such a store tells it too")
    func copied() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            _ = try await makeStore(path)
            let store = try await Store.open(at: path, configuration: accepting(KeptLog()))
            let orders = try await store.namespace("orders")
            let newest = try await orders.latestSequence()
            for number in 0..<200 { try await orders.put("new \(number)", "value") }
            try await store.backup(to: folder.appending("backups"))
            try await store.close()
            try await Store.restore(from: folder.appending("backups"), to: folder.appending("restored"))
            let restored = try await Store.open(at: folder.appending("restored"), configuration: .tiny)
            let consumer = try await restored.namespace("orders").consumer("ahead")
            #expect(await loss(consumer)?.newestChange == newest)
            try await restored.close()
        }
    }

    @Test("What is kept of a place is read as it was written, and what is no place is not")
    func places() {
        var place = ConsumerPlace(120)
        #expect(ConsumerPlace(place.text) == place)
        // Those that were committed since are nobody's loss, but more of the old ones may be.
        for (recovered, isNews, lostAfter) in [(120, false, nil), (90, true, 90), (100, false, 90), (40, true, 40)]
            as [(UInt64, Bool, UInt64?)]
        {
            let isNoted = place.noteRecovery(through: recovered)
            #expect(isNoted == isNews)
            #expect(place.lostAfter == lostAfter)
        }
        #expect(ConsumerPlace(place.text) == place)
        for text in ["", " ", "a", "-1", "12 ", "12 lost after ", "12 lost after x", "12 lost", " lost after 3"] {
            #expect(ConsumerPlace(text) == nil, "\(text)")
        }
    }
}
