import KVStore
import SystemPackage
import Testing

@testable import KVStore

@Suite("What the engine counts")
struct EngineStatisticsTests {
    @Test("It is told for all databases of a store together, and stays when they are closed")
    func counted() throws {
        var configuration = StoreConfiguration.tiny
        configuration.collectsEngineStatistics = true
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder.appending("store"), configuration: configuration)
            let before = try #require(store.engineStatistics)
            for name in ["one", "other"] {
                let namespace = try store.createNamespace(name)
                for number in 0..<100 { try namespace.put("key/\(number)", "value") }
                try namespace.flush()
                for number in 0..<100 { #expect(try namespace.get("key/\(number)") != nil) }
            }
            let after = try #require(store.engineStatistics)
            func counted(_ name: String) throws -> UInt64 {
                try #require(after.counters[name]) - (before.counters[name] ?? 0)
            }
            #expect(try counted("rocksdb.number.keys.read") >= 200)
            #expect(try counted("rocksdb.number.keys.written") >= 200)
            #expect(try counted("rocksdb.block.cache.hit") > 0)
            #expect(try counted("rocksdb.flush.write.bytes") > 0)
            let reads = try #require(after.distributions["rocksdb.db.get.micros"])
            #expect(reads.count >= 200)
            #expect(reads.median <= reads.percentile95 && reads.percentile95 <= reads.percentile99)
            #expect(reads.percentile99 <= reads.maximum)
            #expect(reads.mean <= reads.maximum)
            try store.close()
            #expect(try #require(store.engineStatistics?.counters["rocksdb.number.keys.read"]) >= 200)
        }
    }

    @Test("Nothing is counted unless it was asked for")
    func off() throws {
        try withTemporaryStore { store, _ in #expect(store.engineStatistics == nil) }
    }

    @Test("Each store counts its own")
    func separate() throws {
        var configuration = StoreConfiguration.tiny
        configuration.collectsEngineStatistics = true
        try withTemporaryStore(configuration) { store, namespace in
            try namespace.put("key", "value")
            try withTemporaryStore(configuration) { (other, _) throws in
                let count = other.engineStatistics?.counters["rocksdb.number.keys.read"]
                for _ in 0..<1000 { #expect(try namespace.contains("key")) }
                #expect(other.engineStatistics?.counters["rocksdb.number.keys.read"] == count)
            }
        }
    }

    @Test("What is no line of it is left out")
    func parsing() {
        let statistics = EngineStatistics(
            parsing: """
                rocksdb.block.cache.hit COUNT : 12
                rocksdb.db.get.micros P50 : 1.500000 P95 : 2.0 P99 : 3.0 P100 : 9.0 COUNT : 4 SUM : 12
                rocksdb.odd COUNT : many
                rocksdb.short COUNT :
                rocksdb.empty
                COUNT

                rocksdb.none P50 : 0.0 P95 : 0.0 P99 : 0.0 P100 : 0.0 COUNT : 0 SUM : 0
                """)
        #expect(statistics.counters == ["rocksdb.block.cache.hit": 12])
        #expect(statistics.distributions.count == 2)
        let times = statistics.distributions["rocksdb.db.get.micros"]
        #expect(times?.count == 4 && times?.sum == 12 && times?.median == 1.5 && times?.maximum == 9)
        #expect(times?.percentile95 == 2 && times?.percentile99 == 3 && times?.mean == 3)
        #expect(statistics.distributions["rocksdb.none"]?.mean == 0)
    }
}
