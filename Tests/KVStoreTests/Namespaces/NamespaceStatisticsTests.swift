import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVStore

@Suite("Statistics of namespaces and the memory of a store")
struct NamespaceStatisticsTests {
    @Test(
        "They tell size, entries, use and memtables without opening anything, also after reopening the store",
        .only(.separateDatabases))
    func lifecycle() throws {
        try withTemporaryFolder { folder in
            let start = Timestamp.now
            try withStore(at: folder) { (store) throws in
                let (used, unused) = (try store.createNamespace("used"), try store.createNamespace("unused"))
                try used.write {
                    for number in 0..<1000 { $0.put("key/\(number)", String(repeating: "v", count: 1000)) }
                }
                let open = try used.statistics()
                #expect(open.isOpen)
                #expect(open.approximateCount == 1000)
                #expect(open.sizeOnDisk >= .mebibytes(1) - 100_000)
                #expect(open.memtables >= .mebibytes(1))
                #expect(open.usedOnDisk >= .mebibytes(1) - 100_000 && open.usedOnDisk <= open.sizeOnDisk)
                let lastUse = try #require(open.lastUse)
                #expect(lastUse >= start + .seconds(-1) && lastUse <= .now)
                let closed = try unused.statistics()
                #expect(!closed.isOpen)
                #expect(closed.lastUse == nil)
                #expect(closed.approximateCount == nil)
                #expect(closed.memtables == ByteCount(0))
                #expect(closed.usedOnDisk > ByteCount(0) && closed.usedOnDisk < closed.sizeOnDisk)
                expectError(.invalidArgument, "metadata") { try store.metadata.statistics() }
            }
            try withStore(at: folder) { (store) throws in
                let list = try store.namespaceStatistics()
                #expect(list.map(\.name) == ["unused", "used"])
                #expect(list.map(\.isOpen) == [false, false])
                #expect(list.map(\.approximateCount) == [nil, 1000])
                let lastUse = try #require(list[1].lastUse)
                #expect(lastUse >= start + .seconds(-1) && lastUse <= .now)
                #expect(try store.namespaceStatistics(after: "unused", limit: 5).map(\.name) == ["used"])
                #expect(store.pool.openSlots.isEmpty)
                try store.dropNamespace("used")
                #expect(try store.namespaceStatistics().map(\.name) == ["unused"])
                #expect(try eventually { try store.catalog.usage(1) == nil })
            }
        }
    }

    @Test("Folders that go while their sizes are summed do not count, and are no error")
    func goingFolders() throws {
        try withTemporaryFolder { folder in
            let isOver = Flag()
            let thread = RunningThread {
                while !isOver.isSet {
                    for number in 0..<20 { _ = try StoreFiles.makeFolder(folder.appending("\(number)"), .ingest) }
                    for number in 0..<20 { try StoreFiles.remove(folder.appending("\(number)"), .ingest) }
                }
            }
            defer {
                isOver.set()
                _ = thread.wait()
            }
            for _ in 0..<2000 { _ = try StoreFiles.sizeOnDisk(folder, .statistics) }
        }
    }

    @Test("One that is dropped while it is asked has been dropped, or tells what it was")
    func dropped() throws {
        try withTemporaryStore { store, _ in
            for round in 0..<50 {
                let namespace = try store.createNamespace("\(round)")
                try namespace.put("key", "value")
                let thread = RunningThread { try store.dropNamespace("\(round)") }
                do {
                    while true { #expect(try namespace.statistics().id == namespace.id) }
                } catch let error as StoreError {
                    #expect(error.code == .namespaceNotFound, "\(error)")
                }
                try thread.get()
            }
        }
    }

    @Test("Use is noted while it is open, and asking does not count as use")
    func noted() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            // What is noted cannot be copied, and so is no expression of an expectation.
            let isNoted = { [slot = namespace.slot] in !slot.uses.isUnnoted }
            #expect(eventually(isNoted))
            _ = try namespace.statistics()
            _ = store.memoryUsage
            #expect(isNoted())
            #expect(try namespace.statistics().lastUse != nil)
            _ = try namespace.get("key")
            #expect(!isNoted())
        }
    }

    @Test(
        "Memory usage follows memtables, caches and what is pinned", .only(.separateDatabases),
        arguments: [true, false])
    func memory(_ isShared: Bool) throws {
        var configuration = StoreConfiguration.tiny
        if !isShared { configuration.blockCache = .perNamespace }
        try withTemporaryStore(configuration) { store, namespace in
            let before = store.memoryUsage
            #expect(before.openNamespaces == 0)
            let value = [UInt8](repeating: 7, count: 2000)
            try namespace.write { for number in 0..<1000 { $0.put("key/\(number)", value) } }
            let written = store.memoryUsage
            #expect(written.openNamespaces == 1)
            #expect(written.memtables >= before.memtables + .mebibytes(2))
            try namespace.flush()
            #expect(store.memoryUsage.memtables < written.memtables)
            _ = try namespace.entries().collect()
            let read = store.memoryUsage
            #expect(read.blockCaches > written.blockCaches)
            #expect(read.tableReaders > written.tableReaders)
            #expect(read.total == read.blockCaches + read.memtables + read.tableReaders + read.valueCaches)
            guard let pinned = try namespace.pinned("key/5") else { throw NoValue() }
            #expect(store.memoryUsage.pinned > read.pinned)
            #expect(pinned.bytes.byteCount == 2000)
            #expect(read.total < store.memoryBudget)
        }
    }

    @Test(
        "Memtables of all namespaces together stay about the limit, though each could take more",
        .only(.separateDatabases))
    func memtableLimit() throws {
        var configuration = StoreConfiguration.tiny
        configuration.namespaceTuning.memtableSize = .mebibytes(16)
        configuration.memtableLimit = .mebibytes(8)
        try withTemporaryStore(configuration) { store, _ in
            #expect(
                store.memoryBudget == .mebibytes(8) + .mebibytes(8) + .mebibytes(256) + .mebibytes(4))
            let value = [UInt8](repeating: 7, count: 10_000)
            for number in 0..<6 {
                let namespace = try store.createNamespace("n\(number)")
                for key in 0..<500 { try namespace.put("key/\(key)", value) }
            }
            // 29 MiB were written.
            #expect(eventually { store.memoryUsage.memtables < .mebibytes(10) })
            for number in 0..<6 {
                #expect(try store.namespace("n\(number)").entries().collect().count == 500)
            }
        }
    }

    @Test("A limit that no memtable could keep is refused")
    func refusedLimit() throws {
        try withTemporaryFolder { folder in
            var configuration = StoreConfiguration.tiny
            configuration.memtableLimit = .kibibytes(100)
            expectError(.invalidArgument, "memtableLimit is 100 KiB", "1 MiB") {
                try Store.open(at: folder, configuration: configuration)
            }
        }
    }
}

extension ByteCount {
    fileprivate static func - (left: ByteCount, right: Int) -> ByteCount { ByteCount(left.bytes - right) }
}
