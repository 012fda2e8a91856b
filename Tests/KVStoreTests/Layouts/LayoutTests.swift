import Foundation
import SystemPackage
import Testing

@testable import KVStore

extension StoreConfiguration {
    /// ``tiny`` in a layout, whichever the suite runs over.
    static func tiny(_ layout: Store.Layout?) -> StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        configuration.layout = layout
        return configuration
    }
}

@Suite("The layout of a store")
struct LayoutTests {
    @Test("It is chosen when the store is made, kept, and found again", arguments: Store.Layout.allCases)
    func kept(_ layout: Store.Layout) throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder, .tiny(layout)) { (store) throws in
                #expect(store.layout == layout)
                try store.createNamespace("orders").put("key", "value")
            }
            let other = Store.Layout.allCases.first { $0 != layout } ?? layout
            expectError(.invalidArgument, "layout \(layout)", "says \(other)", "copy(to:layout:)", folder.string) {
                try Store.open(at: folder, configuration: .tiny(other))
            }
            for access in [StoreConfiguration.Access.readWrite, .readOnly, .follower] {
                var configuration = StoreConfiguration.tiny(nil)
                configuration.access = access
                try withStore(at: folder, configuration) { (store) throws in
                    #expect(store.layout == layout)
                    #expect(try store.namespace("orders").get("key") == "value".bytes)
                }
            }
        }
    }

    @Test("A store is of separate databases unless one asks for another layout")
    func byDefault() throws {
        #expect(StoreConfiguration().layout == nil)
        try withTemporaryFolder { folder in
            try withStore(at: folder, .tiny(nil)) { #expect($0.layout == .separateDatabases) }
        }
    }

    @Test("Dropping the namespace of the latest commits does not make the database look older than it was")
    func sequenceAfterDrop() throws {
        try withTemporaryFolder { folder in
            var latest: UInt64 = 0
            try withStore(at: folder, .tiny(.singleDatabase)) { (store) throws in
                try store.createNamespace("kept").put("key", "value")
                let dropped = try store.createNamespace("dropped")
                for number in 0..<20 { latest = try dropped.put("\(number)", "value").sequence }
                try store.dropNamespace("dropped")
            }
            for _ in 0..<3 {
                try withStore(at: folder, .tiny(nil)) { (store) throws in
                    let kept = try store.namespace("kept")
                    #expect(try kept.get("key") == "value".bytes)
                    #expect(try kept.latestSequence() >= latest)
                }
            }
        }
    }

    @Test("Every use of a closed or dropped namespace throws, and the others go on", .only(.singleDatabase))
    func neighbours() throws {
        try withTemporaryStore { store, namespace in
            let other = try store.createNamespace("other")
            try other.put("key", "value")
            var cursor = try other.cursor()
            #expect(try cursor.next())
            let snapshot = try other.snapshot()
            try store.dropNamespace("test")
            expectError(.namespaceNotFound) { try namespace.get("key") }
            #expect(try other.get("key") == "value".bytes)
            #expect(try snapshot.get("key") == "value".bytes)
            #expect(try !cursor.next())
            try other.put("key", "again")
        }
    }

    @Test(
        "Namespaces with a merge operator that is missing do not keep the others from opening", .only(.singleDatabase))
    func missingOperator() throws {
        try withTemporaryFolder { folder in
            var configuration = StoreConfiguration.tiny
            let join = MergeOperator("join") { Array($0) + Array($1) }
            configuration.mergeOperators = [join]
            try withStore(at: folder, configuration) { (store) throws in
                let joined = try store.createNamespace("joined", options: NamespaceOptions(mergeOperator: join))
                try joined.put("key", "a")
                try joined.flush()
                try joined.merge("key", "b")
                try store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
                    .merge("n", MergeOperator.number(2))
                try store.createNamespace("plain").put("key", "value")
            }
            try withStore(at: folder) { (store) throws in
                expectError(.invalidArgument, "\"join\"", "mergeOperators") { try store.namespace("joined") }
                #expect(try store.namespace("plain").get("key") == "value".bytes)
                let sums = try store.namespace("sums")
                try sums.merge("n", MergeOperator.number(3))
                try sums.flush()
                #expect(try sums.get("n").flatMap { MergeOperator.number(in: $0) } == 5)
            }
            try withStore(at: folder, configuration) { (store) throws in
                let joined = try store.namespace("joined")
                #expect(try joined.get("key") == "ab".bytes)
                try joined.compact()
                #expect(try joined.get("key") == "ab".bytes)
            }
        }
    }

    @Test("A namespace that the catalog has lost is damage, unless the loss is accepted", .only(.singleDatabase))
    func lostEntry() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                try store.createNamespace("orders").put("key", "value")
                try store.createNamespace("users").put("key", "value")
                let record = try #require(try store.catalog.find("users", .dropNamespace))
                try store.catalog.beginDropping(record)
                try store.catalog.finishDropping([record.id])
            }
            expectError(.corruption, "column family 2", "acceptsDataLoss") { try withStore(at: folder) { _ in } }
            var accepting = StoreConfiguration.tiny
            accepting.acceptsDataLoss = true
            try withStore(at: folder, accepting) { (store) throws in
                #expect(try store.namespace("orders").get("key") == "value".bytes)
                #expect(try store.namespaces().map(\.name) == ["orders"])
                // A number that is taken is not given to another.
                #expect(try store.createNamespace("users").entries().collect().isEmpty)
            }
        }
    }

    @Test("Memtables of all namespaces together are bounded as those of one database", .only(.singleDatabase))
    func memory() throws {
        var configuration = StoreConfiguration.tiny
        configuration.namespaceTuning.memtableSize = .mebibytes(1)
        configuration.namespaceTuning.maxMemtables = 2
        try withTemporaryStore(configuration) { store, _ in
            // 8 MiB of shared cache, 2 memtables of 1 MiB, the metadata's 256 MiB and 4 memtables of 1 MiB.
            #expect(store.memoryBudget == .mebibytes(8 + 2 + 256 + 4))
            let namespaces = try (0..<40).map { try store.createNamespace("n\($0)") }
            let value = String(repeating: "v", count: 20_000)
            for number in 0..<10 {
                for namespace in namespaces { try namespace.put("key/\(number)", value) }
            }
            func used() throws -> Int {
                try namespaces.map { Int(try $0.property("rocksdb.cur-size-all-mem-tables") ?? "") ?? 0 }.reduce(0, +)
            }
            // 8 MB were written, faster than they can be flushed. None of the memtables is full by itself.
            let deadline = Date.now.addingTimeInterval(120)
            while try used() >= 3 << 20, Date.now < deadline {
                // The engine looks at the sum when something is written, and passes over what waits to be flushed.
                for namespace in namespaces { try namespace.put("key/0", "v") }
                usleep(10_000)
            }
            #expect(try used() < 3 << 20)
            for namespace in namespaces { #expect(try namespace.entries().collect().count == 10) }
        }
    }

    @Test(
        "Making namespaces leaves no options file and nothing half written behind", .only(.singleDatabase),
        .enabled(if: EngineFeatures.canGiveUpOptionsFile, "this engine always writes one"))
    func noOptionsFile() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                for number in 0..<130 { try store.createNamespace("n\(number)") }
            }
            #expect(try folder.database().names().filter { $0.hasPrefix("OPTIONS") } == [])
            #expect(try folder.columnFamilies().count == 130)
        }
    }

    @Test("What is set for many families reaches the engine")
    func sharingOptions() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("database")
            let options = DatabaseOptions(.namespace, cache: BlockCache(capacity: .mebibytes(1)), mode: .create)
            options.setSharing(memtables: .mebibytes(512), writesOptionsFile: true)
            do {
                let database = try Database(path: path.string, options: options, mode: .create)
                try database.createFamily("1", options)
            }
            let file = try OptionsFile(inDatabase: path)
            #expect(file.families == ["1", "default"])
            #expect(file.value("arena_block_size", family: "1") == "16384")
            #expect(file.value("max_total_wal_size") == "\(512 << 20)")
            #expect(file.value("db_write_buffer_size") == "\(512 << 20)")
            #expect(file.value("atomic_flush") == "false")
        }
    }

    @Test("A commit to one is a number for all, and changes are its own", .only(.singleDatabase))
    func sharedNumbers() async throws {
        try await withTemporaryStore { store, namespace in
            try await namespace.put("a", "1")
            let late = try await store.createNamespace("late")
            try await namespace.flush()
            try await namespace.put("b", "2")
            let receipt = try await late.put("c", "3")
            try await namespace.put("d", "4")
            #expect(try await late.latestSequence() == receipt.sequence + 1)
            // From the first commit on: what came before the namespace was created is not missing.
            for try await change in late.changes(since: 0) {
                #expect(change.writes == [.put(key: "c".bytes, value: "3".bytes)])
                #expect(change.sequence == receipt.sequence)
                break
            }
        }
    }

    @Test("Reopening one reopens all, once for those who ask together", .only(.singleDatabase))
    func reopening() throws {
        try withTemporaryStore { store, namespace in
            let other = try store.createNamespace("other")
            try other.put("key", "value")
            let snapshot = try other.snapshot()
            try namespace.reopen()
            expectError(.closed) { try snapshot.get("key") }
            #expect(try other.get("key") == "value".bytes)
            try onThreads(8) { number in
                for _ in 0..<5 {
                    try (number % 2 == 0 ? namespace : other).reopen()
                    try other.put("key/\(number)", "value")
                }
            }
            #expect(try other.entries().collect().count == 9)
        }
    }

    @Test("The lag is that of the one log", .only(.singleDatabase))
    func lag() throws {
        var configuration = StoreConfiguration.tiny
        configuration.walSyncInterval = nil
        try withTemporaryStore(configuration) { store, namespace in
            let other = try store.createNamespace("other")
            try namespace.put("a", "1")
            try other.put("b", "2")
            #expect(store.durabilityLag.writes == 2)
            #expect(namespace.durabilityLag.writes == 2)
            try other.sync()
            #expect(store.durabilityLag == .none)
            #expect(namespace.durabilityLag == .none)
        }
    }
}
