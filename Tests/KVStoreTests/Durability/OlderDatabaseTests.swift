import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("A database that comes back older than it was known to be")
struct OlderDatabaseTests {
    /// A closed store with synced commits in the log of its namespace, and the path of that log.
    private func makeStore(in folder: FilePath) throws -> (store: FilePath, log: String) {
        let path = folder.appending("store")
        let store = try Store.open(at: path, configuration: .tiny)
        let namespace = try store.createNamespace("test")
        for number in 0..<100 { try namespace.put("key/\(number)", String(repeating: "v", count: 1000)) }
        try store.close()
        let databases = path.database().string
        let logs = try FileManager.default.contentsOfDirectory(atPath: databases).filter { $0.hasSuffix(".log") }
        let sizes = try logs.map { name in
            try FileManager.default.attributesOfItem(atPath: "\(databases)/\(name)")[.size] as? Int ?? 0
        }
        let largest = try #require(zip(logs, sizes).max { $0.1 < $1.1 }?.0)
        return (path, "\(databases)/\(largest)")
    }

    @Test("A log that was cut short is an error, and nothing is changed")
    func truncatedLog() throws {
        try withTemporaryFolder { folder in
            let (path, log) = try makeStore(in: folder)
            #expect(truncate(log, 40_000) == 0)
            let store = try Store.open(at: path, configuration: .tiny)
            for _ in 0..<2 {
                let error = #expect(throws: StoreError.self) { try store.namespace("test").get("key/0") }
                #expect(error?.code == .corruption)
                #expect(error?.namespace == "test")
                #expect(error?.message.contains("acceptsDataLoss") == true)
            }
            try store.close()
        }
    }

    @Test("Accepting the loss opens it with what is there, and once is enough")
    func acceptedLoss() throws {
        try withTemporaryFolder { folder in
            let (path, log) = try makeStore(in: folder)
            #expect(truncate(log, 40_000) == 0)
            var accepting = StoreConfiguration.tiny
            accepting.acceptsDataLoss = true
            for configuration in [accepting, .tiny] {
                let store = try Store.open(at: path, configuration: configuration)
                let namespace = try store.namespace("test")
                #expect(try namespace.contains("key/0"))
                #expect(try !namespace.contains("key/99"))
                try store.close()
            }
        }
    }

    @Test("A database that has all it was known to have opens")
    func intact() throws {
        try withTemporaryFolder { folder in
            let (path, _) = try makeStore(in: folder)
            let store = try Store.open(at: path, configuration: .tiny)
            #expect(try store.namespace("test").contains("key/99"))
            try store.close()
        }
    }

    @Test("Commits that go past the log raise no false alarm")
    func unloggedCommits() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            for _ in 0..<3 {
                let store = try Store.open(at: path, configuration: .tiny)
                let namespace = try store.namespace("test", createIfMissing: true)
                try namespace.put("logged", "v", durability: .synced)
                for number in 0..<100 { try namespace.put("key/\(number)", "v", durability: .unlogged) }
                try namespace.put("logged", "v", durability: .synced)
                try store.close()
            }
        }
    }
}
