import Foundation
import SystemPackage
import Testing

@testable import KVStore

@Suite("Commits that wait to be durable while their database is closed or opened anew")
struct DurableInTheEndTests {
    /// Transactions that throw have not committed: what they put is not there.
    private final class Attempts: @unchecked Sendable {  // guarded by its lock
        private let lock = NSLock()
        private(set) var committed: [String] = []
        private(set) var failed: [String: any Error] = [:]

        func note(_ key: String, _ body: () throws -> Void) -> Bool {
            do {
                try body()
                lock.withLock { committed.append(key) }
                return true
            } catch {
                lock.withLock { failed[key] = error }
                return false
            }
        }

        func check(_ namespace: Namespace) throws {
            for key in committed { #expect(try namespace.get(key) != nil) }
            for (key, error) in failed { #expect(try namespace.get(key) == nil, "\(key) threw \(error)") }
        }
    }

    private static var unsynced: StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        configuration.walSyncInterval = nil
        return configuration
    }

    private func startWriters(
        _ threads: WatchedThreads, _ namespace: Namespace, _ attempts: Attempts, until isOver: Flag
    ) {
        for number in 0..<6 {
            threads.start("writer \(number)") { thread in
                var round = 0
                var goesOn = true
                while goesOn, !isOver.isSet {
                    round += 1
                    let key = "\(number)/\(round)"
                    goesOn = attempts.note(key) {
                        switch number % 3 {
                        case 0:
                            try thread.call("synced transaction") {
                                try namespace.transaction(durability: .synced) { try $0.put(key, "value") }
                            }
                        case 1:
                            try thread.asyncCall("synced transaction of a task") {
                                try await namespace.transaction(durability: .synced) { try $0.put(key, "value") }
                            }
                        default:
                            let durability: Durability = round % 4 == 0 ? .unlogged : .buffered
                            let receipt = try thread.call("put") {
                                try namespace.put(key, "value", durability: durability)
                            }
                            // Committed from here on: waiting must not say otherwise.
                            if round % 2 == 0 {
                                #expect(throws: Never.self) {
                                    try thread.call("waitUntilDurable") { try receipt.waitUntilDurable() }
                                }
                            } else {
                                #expect(throws: Never.self) {
                                    try thread.asyncCall("waitUntilDurable of a task") {
                                        try await receipt.waitUntilDurable()
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    @Test("None throws when the namespace is reopened")
    func reopening() throws {
        try withTemporaryStore(Self.unsynced) { _, namespace in
            let (threads, isOver, attempts) = (WatchedThreads(), Flag(), Attempts())
            startWriters(threads, namespace, attempts, until: isOver)
            threads.start("reopen") { thread in
                defer { isOver.set() }
                for _ in 0..<40 { try thread.call("reopen") { try namespace.reopen() } }
            }
            try threads.wait(within: 60)
            #expect(attempts.failed.isEmpty, "\(attempts.failed)")
            try attempts.check(namespace)
        }
    }

    @Test("One that throws when the store is closed was not committed")
    func closing() throws {
        try withTemporaryFolder { folder in
            for round in 0..<15 {
                let path = folder.appending("store-\(round)")
                let store = try Store.open(at: path, configuration: Self.unsynced)
                let (threads, attempts) = (WatchedThreads(), Attempts())
                startWriters(threads, try store.createNamespace("test"), attempts, until: Flag())
                threads.start("close") { thread in
                    usleep(UInt32(5_000 + 3_000 * round))
                    try thread.call("close") { try store.close() }
                }
                try threads.wait(within: 60)
                for error in attempts.failed.values { #expect((error as? StoreError)?.code == .closed, "\(error)") }
                try withStore(at: path) { try attempts.check(try $0.namespace("test")) }
            }
        }
    }

    @Test("A receipt of a store that was closed knows that its commit is on disk")
    func afterwards() throws {
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder, configuration: Self.unsynced)
            let namespace = try store.createNamespace("test")
            let receipts = try [Durability.buffered, .unlogged].map {
                try namespace.put("key", "value", durability: $0)
            }
            for receipt in receipts { #expect(!receipt.isDurable) }
            try store.close()
            for receipt in receipts {
                #expect(receipt.isDurable)
                try receipt.waitUntilDurable()
            }
        }
    }

    @Test("A transaction whose namespace is dropped while it waits has committed")
    func dropping() throws {
        try withTemporaryStore(Self.unsynced) { store, _ in
            for round in 0..<10 {
                let namespace = try store.createNamespace("brief")
                let threads = WatchedThreads()
                for number in 0..<3 {
                    threads.start("transactions \(number)") { thread in
                        do {
                            for key in 0..<1000 {
                                try thread.call("synced transaction") {
                                    try namespace.transaction(durability: .synced) { try $0.put("\(key)", "value") }
                                }
                            }
                        } catch let error as StoreError where error.code == .namespaceNotFound {
                            #expect(error.operation == .transaction, "\(error)")
                        }
                    }
                }
                threads.start("drop") { thread in
                    usleep(UInt32(3_000 + 2_000 * round))
                    try thread.call("drop") { try store.dropNamespace("brief") }
                }
                try threads.wait(within: 60)
            }
        }
    }
}
