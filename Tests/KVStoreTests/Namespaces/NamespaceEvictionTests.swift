import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVStore

@Suite("More namespaces than may be open", .only(.separateDatabases))
struct NamespaceEvictionTests {
    private static var twoOpen: StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        configuration.maxOpenNamespaces = 2
        configuration.namespaceTuning.memtableSize = .kibibytes(256)
        return configuration
    }

    @Test("No more are open than allowed, and each answers as if it were")
    func bound() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder, Self.twoOpen) { (store) throws in
                let namespaces = try (0..<6).map { try store.createNamespace("n\($0)") }
                for round in 0..<3 {
                    for (number, namespace) in namespaces.enumerated() {
                        try namespace.put("key/\(round)", "\(number)")
                        #expect(store.openNamespaces <= 2)
                    }
                }
                for (number, namespace) in namespaces.enumerated() {
                    #expect(
                        try namespace.getMany((0..<3).map { "key/\($0)" })
                            == Array(repeating: "\(number)".bytes, count: 3))
                    #expect(store.openNamespaces <= 2)
                }
            }
        }
    }

    @Test("What was not logged is not lost by closing to make room", arguments: Durability.allCases)
    func durability(_ durability: Durability) throws {
        try withTemporaryFolder { folder in
            var configuration = Self.twoOpen
            configuration.maxOpenNamespaces = 1
            configuration.walSyncInterval = nil
            try withStore(at: folder, configuration) { (store) throws in
                let (one, other) = (try store.createNamespace("one"), try store.createNamespace("other"))
                for round in 0..<5 {
                    try one.put("key/\(round)", "value", durability: durability)
                    try other.put("key/\(round)", "value", durability: durability)
                }
                #expect(try one.entries().collect().count == 5)
                #expect(try other.entries().collect().count == 5)
            }
            try withStore(at: folder) { (store) throws in
                #expect(try store.namespace("one").entries().collect().count == 5)
                #expect(try store.namespace("other").entries().collect().count == 5)
            }
        }
    }

    @Test("One that a cursor, snapshot or pinned value reads stays open, and the bound gives way")
    func held() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder, Self.twoOpen) { (store) throws in
                let namespaces = try (0..<5).map { try store.createNamespace("n\($0)") }
                for namespace in namespaces { try namespace.put("key", "value") }
                var cursor = try namespaces[0].cursor()
                let snapshot = try namespaces[1].snapshot()
                guard let value = try namespaces[2].pinned("key") else { throw NoValue() }
                for _ in 0..<3 { for namespace in namespaces { try namespace.put("later", "value") } }
                #expect(Array(value.bytes) == "value".bytes)
                #expect(try cursor.next())
                #expect(Array(cursor.key) == "key".bytes)
                #expect(try !cursor.next())
                #expect(try snapshot.get("later") == nil)
                #expect(store.openNamespaces <= 4)
            }
        }
    }

    @Test("Once nothing holds them any more, the bound is kept again")
    func shrinks() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder, Self.twoOpen) { (store) throws in
                let namespaces = try (0..<6).map { try store.createNamespace("n\($0)") }
                var snapshots = try namespaces.map { try $0.snapshot() }
                #expect(store.openNamespaces == 6)
                snapshots.removeAll()
                try namespaces[0].put("key", "value")
                try store.createNamespace("one more").put("key", "value")
                #expect(store.openNamespaces <= 2)
            }
        }
    }

    @Test("Threads that use one for the first time at the same moment open it once")
    func firstUse() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { try $0.createNamespace("test").put("key", "value") }
            // Each opening begins a manifest of its own.
            @Sendable func manifest() throws -> String {
                String(decoding: try folder.appending("namespaces/1/CURRENT").read(), as: UTF8.self)
            }
            try withStore(at: folder) { (store) throws in
                let before = try manifest()
                let seen = try onThreads(16) { _ -> String in
                    #expect(try store.namespace("test").get("key") == "value".bytes)
                    return try manifest()
                }
                #expect(Set(seen).count == 1)
                #expect(seen[0] != before)
                #expect(try manifest() == seen[0])
            }
        }
    }

    @Test("One that a call is inside of stays open")
    func running() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder, Self.twoOpen) { (store) throws in
                let namespaces = try (0..<5).map { try store.createNamespace("n\($0)") }
                let (entered, goesOn) = (Flag(), Flag())
                let call = RunningThread {
                    try namespaces[0].slot.withColumnFamily(.get) { (_) throws(EngineFailure) in
                        entered.set()
                        while !goesOn.isSet { usleep(1000) }
                    }
                }
                #expect(eventually { entered.isSet })
                for _ in 0..<3 { for namespace in namespaces.dropFirst() { try namespace.put("key", "value") } }
                #expect(namespaces[0].slot.isOpen)
                goesOn.set()
                try call.get()
            }
        }
    }

    @Test("One whose log failed stays until it is reopened, so that its writers keep hearing of it")
    func failed() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder, Self.twoOpen) { (store) throws in
                let namespaces = try (0..<4).map { try store.createNamespace("n\($0)") }
                try namespaces[0].put("key", "value")
                try namespaces[0].slot.withColumnFamily(.put) { (columnFamily) throws(EngineFailure) in
                    columnFamily.database.log.fail(.status("IO error: of the test"))
                }
                for _ in 0..<3 { for namespace in namespaces.dropFirst() { try namespace.put("key", "value") } }
                expectError(.ioError, "of the test") { try namespaces[0].put("key", "other") }
                try namespaces[0].reopen()
                try namespaces[0].put("key", "other")
            }
        }
    }

    @Test("Namespaces that nobody uses any more take no memory, and those that are open are few")
    func forgotten() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder, Self.twoOpen) { (store) throws in
                for number in 0..<8 { try store.createNamespace("n\(number)").put("key", "value") }
                #expect(store.pool.all().count <= 2)
                for number in 0..<8 {
                    #expect(try store.namespace("n\(number)").get("key") == "value".bytes)
                    #expect(store.pool.all().count <= 2)
                }
            }
        }
    }

    @Test("Many threads over eight namespaces of which two may be open lose nothing and see no error")
    func threads() throws {
        try withTemporaryFolder { folder in
            let threads = 6
            let rounds = 12
            try withStore(at: folder, Self.twoOpen) { (store) throws in
                let namespaces = try (0..<8).map { try store.createNamespace("n\($0)") }
                try onThreads(threads) { thread in
                    for round in 0..<rounds {
                        let namespace = namespaces[(thread * 3 + round) % 8]
                        try namespace.put("\(thread)/\(round)", "value")
                        try namespace.update { update in
                            let count =
                                try update.get("count").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
                            update.put("count", String(count + 1))
                        }
                        #expect(try namespace.get("\(thread)/\(round)") == "value".bytes)
                    }
                }
                #expect(try store.sum(namespaces) == threads * rounds)
            }
            try withStore(at: folder) { (store) throws in
                let namespaces = try store.namespaces().map { try store.namespace($0.name) }
                #expect(try store.sum(namespaces) == threads * rounds)
                for thread in 0..<threads {
                    for round in 0..<rounds {
                        #expect(try namespaces[(thread * 3 + round) % 8].contains("\(thread)/\(round)"))
                    }
                }
            }
        }
    }
}

extension Store {
    /// How many namespaces' databases are open.
    fileprivate var openNamespaces: Int { pool.openSlots.count(where: \.isOpen) }

    fileprivate func sum(_ namespaces: [Namespace]) throws -> Int {
        try namespaces.reduce(0) { sum, namespace in
            sum + (try namespace.get("count").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0)
        }
    }
}
