import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVStore

@Suite("Changes that are kept go on after whatever ends a program")
struct ResumingChangesTests {
    @Test("Over flushes, a restart and the database's closing")
    func restart() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            let store = try await Store.open(at: path, configuration: .tiny)
            let orders = try await store.createNamespace("orders", options: .withChanges)
            let mailer = try await orders.consumer("mailer")
            let keys = try await fill(orders, "a")
            #expect(try await nextKeys(2, of: mailer.changes()) == Array(keys[..<2]))
            let start = try await orders.latestSequence()
            try await mailer.acknowledge(start - 2)
            try await store.close()

            let again = try await Store.open(at: path, configuration: .tiny)
            let reopened = try await again.namespace("orders", options: .withChanges)
            let consumer = try await reopened.consumer("mailer")
            #expect(try await consumer.position() == start - 2)
            let more = try await fill(reopened, "b")
            #expect(try await nextKeys(6, of: consumer.changes()) == Array(keys[2...]) + more)
            try await reopened.reopen()
            #expect(try await nextKeys(6, of: consumer.changes()) == Array(keys[2...]) + more)
            try await again.close()
        }
    }

    @Test("After the process was killed")
    func killed() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            let other = try StoreProcess(opening: path, "changes")
            #expect(other.answer == "open")
            other.kill()
            let store = try await Store.open(at: path, configuration: .tiny)
            let orders = try await store.namespace("orders")
            let mailer = try await orders.consumer("mailer")
            #expect(try await nextKeys(50, of: mailer.changes()) == (50..<100).map { "\($0)" })
            try await orders.put("100", "value")
            #expect(try await nextKeys(51, of: mailer.changes()) == (50..<101).map { "\($0)" })
            try await store.close()
        }
    }

    @Test("After a crash that took commits which went past the log, whose numbers a sync had told")
    func killedUnlogged() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            let other = try StoreProcess(opening: path, "unlogged")
            #expect(other.answer == "open")
            other.kill()
            var store = try await Store.open(at: path, configuration: .tiny)
            var orders = try await store.namespace("orders")
            let found = try await orders.latestSequence()
            _ = try await orders.consumer("new")
            _ = try await orders.consumer("moved", startingAfter: 0).move(to: found)
            #expect(try await orders.contains("0") == false)
            try await store.close()
            for name in ["new", "moved"] {
                store = try await Store.open(at: path, configuration: .tiny)
                orders = try await store.namespace("orders")
                #expect(try await orders.latestSequence() >= found)
                let consumer = try await orders.consumer(name)
                try await orders.put("next to \(name)", "value")
                let keys = name == "new" ? ["next to new"] : ["next to new", "next to moved"]
                #expect(try await nextKeys(keys.count, of: consumer.changes()) == keys)
                try await store.close()
            }
        }
    }

    @Test("Not in a namespace of the same name that is created after it was dropped")
    func dropped() async throws {
        try await withTemporaryStore { store, _ in
            let orders = try await store.createNamespace("orders", options: .withChanges)
            let mailer = try await orders.consumer("mailer")
            try await fill(orders, "a")
            try await store.dropNamespace("orders")
            for call in [
                { try mailer.acknowledge(1) }, { _ = try mailer.position() }, { _ = try orders.consumer("mailer") },
                { try orders.removeConsumer("mailer") }, { _ = try orders.consumers() },
            ] as [() throws -> Void] {
                expectError(.namespaceNotFound) { try call() }
            }
            let anew = try await store.createNamespace("orders", options: .withChanges)
            #expect(try await anew.consumers().isEmpty)
            let consumer = try await anew.consumer("mailer", startingAfter: 0)
            try await anew.put("new", "value")
            #expect(try await nextKeys(1, of: consumer.changes()) == ["new"])
            #expect(try await inTheEnd { try store.catalog.consumers(of: orders.id, .changes).isEmpty })
        }
    }

    @Test("Under a new name")
    func renamed() async throws {
        try await withTemporaryStore { store, _ in
            let orders = try await store.createNamespace("orders", options: .withChanges)
            let mailer = try await orders.consumer("mailer")
            let keys = try await fill(orders, "a")
            try await store.renameNamespace("orders", to: "archive")
            #expect(try await nextKeys(4, of: mailer.changes()) == keys)
            let archive = try await store.namespace("archive")
            #expect(try await archive.consumers().map(\.name) == ["mailer"])
        }
    }

    @Test(
        "In a checkpoint and in a restored backup, whether it is open or not",
        arguments: [true, false])
    func copies(_ isOpen: Bool) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            var store = try await Store.open(at: path, configuration: .tiny)
            var orders = try await store.createNamespace("orders", options: .withChanges)
            let mailer = try await orders.consumer("mailer")
            let keys = try await fill(orders, "a")
            try await mailer.acknowledge(try await orders.latestSequence() - 3)
            if !isOpen {
                try await store.close()
                store = try await Store.open(at: path, configuration: .tiny)
            } else {
                // In the memtable, and in the log that recovery needs.
                try await orders.put("last", "value")
            }
            try await store.checkpoint(to: folder.appending("checkpoint"))
            try await store.backup(to: folder.appending("backups"))
            try await Store.restore(from: folder.appending("backups"), to: folder.appending("restored"))
            for name in ["checkpoint", "restored"] {
                let copy = try await Store.open(at: folder.appending(name), configuration: .tiny)
                orders = try await copy.namespace("orders")
                let consumer = try await orders.consumer("mailer")
                try await orders.put("behind", "value")
                let expected = keys[1...] + (isOpen ? ["last", "behind"] : ["behind"])
                #expect(try await nextKeys(expected.count, of: consumer.changes()) == Array(expected))
                try await copy.close()
            }
            try await store.close()
        }
    }

    @Test("A copy in another layout numbers its commits anew, and has no consumers")
    func converted() async throws {
        try await withTemporaryStore { store, _ in
            let orders = try await store.createNamespace("orders", options: .withChanges)
            _ = try await orders.consumer("mailer")
            try await orders.put("a", "value")
            let target = store.path.removingLastComponent().appending("copy")
            let layout: StoreLayout = store.layout == .singleDatabase ? .separateDatabases : .singleDatabase
            try await store.copy(to: target, layout: layout)
            var configuration = StoreConfiguration.tiny
            configuration.layout = layout
            let copy = try await Store.open(at: target, configuration: configuration)
            let copied = try await copy.namespace("orders", options: .withChanges)
            #expect(try await copied.consumers().isEmpty)
            let consumer = try await copied.consumer("mailer")
            let keys = try await fill(copied, "b")
            #expect(try await nextKeys(4, of: consumer.changes()) == keys)
            try await copy.close()
        }
    }

    @Test("In a store in memory, for as long as it is there")
    func inMemory() async throws {
        var configuration = StoreConfiguration.inMemory
        configuration.layout = .underTest
        let store = try await Store.inMemory(configuration: configuration)
        let orders = try await store.createNamespace("orders", options: .withChanges)
        let mailer = try await orders.consumer("mailer")
        let keys = try await fill(orders, "a")
        #expect(try await nextKeys(4, of: mailer.changes()) == keys)
        try await store.close()
    }

    @Test("A namespace that is given it later keeps them from its next opening on, and no longer when it is taken back")
    func later() async throws {
        try await withTemporaryStore { store, namespace in
            let start = try await namespace.latestSequence()
            #expect(try namespace.changeRetention == nil)
            let waits = try await namespace.setChangeRetention(ChangeRetention())
            #expect(waits)
            try await namespace.reopen()
            let keys = try await fill(namespace, "a")
            #expect(try await nextKeys(4, of: namespace.changes(since: start)) == keys)
            #expect(try await namespace.setChangeRetention(ChangeRetention(upTo: .gibibytes(2))) == false)
            #expect(try namespace.changeRetention == ChangeRetention(upTo: .gibibytes(2)))
            #expect(try await store.namespaces().map(\.changes) == [ChangeRetention(upTo: .gibibytes(2))])
            try await namespace.setChangeRetention(nil)
            #expect(
                try await inTheEnd {
                    store.logTrimmer.trim()
                    return store.keptLogs(of: namespace.id).isEmpty
                })
        }
    }

    @Test("Logs that were kept by a tuning that the namespace no longer has are removed when it is opened")
    func leftovers() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            var configuration = StoreConfiguration.tiny
            configuration.namespaceTuning.walRetention = .seconds(3600)
            let store = try await Store.open(at: path, configuration: configuration)
            let namespace = try await store.createNamespace("test")
            try await fill(namespace, "a")
            #expect(try await inTheEnd { !store.keptLogs().isEmpty })
            store.logTrimmer.trim()
            #expect(!store.keptLogs().isEmpty)
            try await store.close()
            let again = try await Store.open(at: path, configuration: .tiny)
            _ = try await again.namespace("test").get("a0")
            #expect(
                try await inTheEnd {
                    again.logTrimmer.trim()
                    return again.keptLogs().isEmpty
                })
            try await again.close()
        }
    }
}
