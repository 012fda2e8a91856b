import KVStore
import Logging
import SystemPackage
import Testing

@testable import KVStore

@Suite("What a store logs")
struct LoggingTests {
    private static func configuration(_ log: KeptLog) -> StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        configuration.logger = log.logger
        return configuration
    }

    @Test("Opening and closing, with the time that they took, and whose store it is")
    func openingAndClosing() throws {
        let log = KeptLog()
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            for isCreated in [true, false] {
                let store = try Store.open(at: path, configuration: Self.configuration(log))
                let opened = try #require(log.messages("the store was opened").last)
                #expect(opened.level == .debug)
                #expect(opened.metadata["created"] == "\(isCreated)")
                #expect(opened.metadata["layout"] == "\(store.layout.rawValue)")
                #expect(opened.metadata["store"] == "\(store.path)")
                #expect(opened.metadata["namespaces"] == (isCreated ? "0" : "1"))
                #expect(opened.metadata["duration_ms"] != nil)
                if isCreated { try store.createNamespace("test") }
                try store.close()
                try store.close()
            }
            let closed = log.messages("the store was closed")
            #expect(closed.count == 2, "closing a closed store is not told")
            #expect(closed.allSatisfy { $0.metadata["duration_ms"] != nil && $0.metadata["store"] != nil })
        }
    }

    @Test("Which databases are opened, and how much log their recovery reads")
    func recovery() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                try store.createNamespace("test").put("key", String(repeating: "value", count: 20_000))
            }
            let log = KeptLog()
            let store = try Store.open(at: folder, configuration: Self.configuration(log))
            #expect(try store.namespace("test").contains("key"))
            let database = store.path.database().string
            func opened() -> KeptLog.Message? {
                log.messages("a database was opened").first { $0.metadata["database"] == "\(database)" }
            }
            #expect(eventually { opened() != nil })
            let message = try #require(opened())
            #expect(message.level == .debug)
            #expect(Int("\(message.metadata["log_bytes"] ?? "")") ?? 0 > 100_000)
            #expect(message.metadata["duration_ms"] != nil && message.metadata["sequence"] != nil)
            try store.close()
        }
    }

    @Test("Which namespace is closed to make room", .only(.separateDatabases))
    func eviction() throws {
        let log = KeptLog()
        var configuration = Self.configuration(log)
        configuration.maxOpenNamespaces = 1
        try withTemporaryStore(configuration) { store, namespace in
            try namespace.put("secret key", "secret value")
            try store.createNamespace("other").put("secret key", "secret value")
            #expect(eventually { !log.messages("a namespace was closed to make room").isEmpty })
            let message = try #require(log.messages("a namespace was closed to make room").first)
            #expect(message.metadata["namespace"] == "test")
        }
        #expect(!log.messages.contains { "\($0)".contains("secret") })
    }

    @Test("A log handler may use the store that is being opened and evicted from", .only(.separateDatabases))
    func handlerUsesStore() throws {
        let log = KeptLog()
        var configuration = Self.configuration(log)
        configuration.maxOpenNamespaces = 1
        try withTemporaryStore(configuration) { store, namespace in
            let other = try store.createNamespace("other")
            log.onMessage { message in _ = try? namespace.put(message.text, "logged") }
            defer { log.onMessage { _ in } }
            for number in 0..<10 {
                try other.put("key/\(number)", "value")
                _ = try namespace.get("key/\(number)")
            }
            #expect(try eventually { try namespace.contains("a namespace was closed to make room") })
        }
    }

    @Test("What was flushed and compacted since the last time, once a minute")
    func summary() throws {
        let log = KeptLog()
        try withTemporaryStore { store, namespace in
            let watch = EngineWatch(store.pool, store.storage, log.logger, tellsFailures: true)
            try namespace.put("key", "value")
            watch.look(at: 1)
            for number in 0..<3 {
                try namespace.put("key", "value \(number)")
                try namespace.flush()
            }
            try namespace.compact()
            watch.look(at: 2)
            #expect(log.messages.isEmpty)
            watch.look(at: 61_000_000_000)
            let message = try #require(log.messages("flushed and compacted").first)
            #expect(message.level == .debug)
            #expect(message.metadata["namespace"] == "test")
            #expect(Int("\(message.metadata["flushes"] ?? "")") ?? 0 >= 3)
            #expect(Int("\(message.metadata["compactions"] ?? "")") ?? 0 >= 1)
            #expect(message.metadata["level0_files"] == "0")
            watch.look(at: 122_000_000_000)
            #expect(log.messages.count == 1, "nothing was flushed since")
        }
    }

    @Test("That a database takes no more writes, once, where no thread syncs")
    func failure() throws {
        let log = KeptLog()
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            let watch = EngineWatch(store.pool, store.storage, log.logger, tellsFailures: true)
            try namespace.slot.withColumnFamily(.put) { (columnFamily) throws(EngineFailure) in
                columnFamily.database.log.fail(.status("IO error: No space left on device: file"))
            }
            for second in 1..<4 { watch.look(at: UInt64(second) * 1_000_000_000) }
            let messages = log.messages("a database takes no more writes until it is reopened")
            #expect(messages.count == 1)
            #expect(messages.first?.level == .error)
            #expect(messages.first?.metadata["code"] == "noSpace")
            try namespace.reopen()
            #expect(try namespace.contains("key"))
        }
    }
}

@Suite("The engine's count of flushes and compactions")
struct EngineJobsTests {
    @Test("It is read from the table of levels")
    func parsing() {
        let text = """

            ** Compaction Stats [default] **
            Level    Files   Size     Score Read(GB)  Rn(GB) Write(GB) W-Amp Rd(MB/s) Wr(MB/s) Comp(sec) CompMergeCPU(sec) Comp(cnt) Avg(sec)
            ------------------------------------------------------------
              L0      2/0    1.00 KB   0.5      0.0     0.0       0.0   1.0      0.0      0.4      0.25              0.00         7    0.003
              L6      1/0    3.00 KB   0.0      0.0     0.0       0.0   1.0      0.0      0.4      0.50              0.00         2    0.003
             Sum      3/0    4.00 KB   0.0      0.0     0.0       0.0   1.0      0.0      0.4      0.75              0.00         9    0.003
             Int      0/0    0.00 KB   0.0      0.0     0.0       0.0   1.0      0.0      0.4      0.00              0.00         0    0.003

            ** Compaction Stats [default] **
            Priority    Files   Size     Score Read(GB)  Rn(GB) Write(GB) W-Amp Rd(MB/s) Wr(MB/s) Comp(sec) CompMergeCPU(sec) Comp(cnt) Avg(sec)
            """
        #expect(EngineJobs(parsing: text) == EngineJobs(flushes: 7, compactions: 2, seconds: 0.75))
        #expect(EngineJobs(parsing: "Level Files\n Sum 1/0") == nil)
        #expect(EngineJobs(parsing: "") == nil)
    }

    @Test("The linked engine has it")
    func linked() throws {
        try withTemporaryStore { _, namespace in
            for _ in 0..<2 {
                try namespace.put("key", "value")
                try namespace.flush()
            }
            let jobs = try namespace.slot.withColumnFamily(.property) { (columnFamily) throws(EngineFailure) in
                columnFamily.jobs
            }
            #expect(jobs?.flushes == 2)
        }
    }
}
