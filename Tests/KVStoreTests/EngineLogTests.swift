import Foundation
import KVStore
import Logging
import SystemPackage
import Testing

@testable import KVStore

@Suite("What the engine warns of")
struct EngineLogTests {
    /// Two files on level 0 are enough for the engine to hold writers up.
    private static func configuration(_ log: KeptLog) -> StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        configuration.namespaceTuning.level0CompactionTrigger = 2
        configuration.namespaceTuning.level0SlowdownTrigger = 2
        configuration.namespaceTuning.level0StopTrigger = 100
        configuration.logger = log.logger
        return configuration
    }

    /// Fills memtables: a flush that is asked for would wait, rather than have writers held up.
    private static func holdUpWriters(of namespace: Namespace) throws {
        for _ in 0..<40 {
            try namespace.put("secret key", String(repeating: "secret", count: 100_000))
        }
    }

    private static let callsBack: ConditionTrait = .enabled(
        if: EngineFeatures.callsBackToLog, "this engine cannot call back")

    @Test("It comes to the store's logger, with the folder of the database and without keys and values", callsBack)
    func warning() throws {
        let log = KeptLog()
        try withTemporaryStore(Self.configuration(log)) { store, namespace in
            try Self.holdUpWriters(of: namespace)
            func said() -> KeptLog.Message? { log.messages.first { $0.text.contains("RocksDB says: ") } }
            #expect(eventually { said() != nil })
            let message = try #require(said())
            #expect(message.level == .warning)
            #expect(message.text.contains("Stalling writes"), "\(message)")
            #expect(message.metadata["database"] == "\(store.path.database().string)")
            #expect(!log.messages.contains { $0.text.contains("secret") })
        }
    }

    @Test("A log handler may use the store that the engine warns of", callsBack)
    func handlerUsesStore() throws {
        let log = KeptLog()
        try withTemporaryStore(Self.configuration(log)) { store, namespace in
            log.onMessage { message in
                _ = try? namespace.put("warning", message.text)
                try? namespace.flush()
            }
            defer { log.onMessage { _ in } }
            try Self.holdUpWriters(of: namespace)
            #expect(try eventually { try namespace.contains("warning") })
        }
    }

    @Test("No info log is written where it calls back", callsBack)
    func noFile() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            for folder in [store.path.database(), store.path.appending("metadata")] {
                #expect(try !folder.names().contains { $0.hasPrefix("LOG") })
            }
        }
    }

    @Test("All that it tells goes into its own files on request, which are few, and nothing of it to the logger")
    func file() throws {
        let log = KeptLog()
        var configuration = Self.configuration(log)
        configuration.writesEngineLog = true
        try withTemporaryFolder { folder in
            var budget = ByteCount(0)
            for _ in 0..<6 {
                try withStore(at: folder, configuration) { store in
                    let namespace =
                        try store.namespaces().isEmpty
                        ? store.createNamespace("test") : store.namespace("test")
                    try namespace.put("key", "value")
                    try namespace.flush()
                    budget = try store.diskBudget().files
                }
            }
            func files(_ folder: FilePath) throws -> [String] {
                try folder.names().filter { $0.hasPrefix("LOG") }.sorted()
            }
            for database in [folder.database(), folder.appending("metadata")] {
                let names = try files(database)
                #expect(names.count == EngineLog.fileCount && names[0] == "LOG", "\(names)")
                let text = try String(contentsOfFile: database.appending("LOG").string, encoding: .utf8)
                #expect(text.contains("RocksDB version"))
                #expect(text.contains("flush_started") || database.lastComponent?.string == "metadata")
            }
            #expect(!log.messages.contains { $0.text.contains("RocksDB says") })

            // A reader leaves the writer's folder as it is.
            let before = try files(folder.database())
            var reading = configuration
            reading.access = .readOnly
            try withStore(at: folder, reading) { store in _ = try store.namespace("test").get("key") }
            #expect(try files(folder.database()) == before)

            configuration.writesEngineLog = false
            try withStore(at: folder, configuration) { store in
                let without = try store.diskBudget().files
                #expect(budget == without + 2 * ByteCount.mebibytes(32))
            }
        }
    }

    @Test("What it repeats is told once a minute, with how often")
    func repetitions() {
        var messages = RepeatedMessages()
        func said(_ text: String, _ second: UInt64) -> String? {
            messages.filter(EngineMessage(level: 2, text: text), at: second * 1_000_000_000)?.text
        }
        #expect(said("[1] 8 files", 10) == "[1] 8 files")
        #expect(said("[1] 9 files", 11) == nil)
        #expect(said("another", 12) == "another")
        #expect(said("[2] 10 files", 69) == nil)
        #expect(said("[1] 8 files", 70) == "[1] 8 files (and 2 times more since the last time)")
        #expect(said("[1] 8 files", 130) == "[1] 8 files")
        for number in 0..<1000 {
            #expect(said(String(repeating: "x", count: number), 131) != nil)
        }
    }

    @Test("It is one line, without the keys that files begin and end with, and without what nobody needs to know")
    func text() {
        func text(_ text: String) -> String? { EngineMessage(level: 3, engineText: text)?.text }
        #expect(text("one\nthing\n") == "one thing")
        #expect(
            text("Error in committing version edit to MANIFEST: \nVersionEdit {\n AddFile: 0 8 'secret' .. 'secret'}")
                == "Error in committing version edit to MANIFEST:  ...")
        #expect(text("[a.cc:1] DB::Open() failed: IO error") == nil)
        #expect(text("[a.cc:1] [0.sst] Tail prefetch size 1191 is calculated based on TailPrefetchStats.") == nil)
    }

    @Test("No load is warned of", callsBack)
    func loads() throws {
        let log = KeptLog()
        var configuration = StoreConfiguration.tiny
        configuration.logger = log.logger
        try withTemporaryStore(configuration) { _, namespace in
            for _ in 0..<3 {
                try namespace.ingest((0..<100).map { (key: "key/\(1000 + $0)", value: "value") })
                try namespace.flush()
            }
            try namespace.compact()
        }
        #expect(log.messages.filter { $0.text.contains("RocksDB says") }.map(\.text) == [])
    }

    @Test("A level of the engine's is one of the logger's")
    func levels() {
        let levels = [2, 3, 4].map { EngineMessage(level: $0, text: "").loggerLevel }
        #expect(levels == [.warning, .error, .critical])
    }
}
