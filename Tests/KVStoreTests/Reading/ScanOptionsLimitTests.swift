import KVStore
import SystemPackage
import Testing

@Suite("Numbers out of all range are refused where they are given, or do no harm")
struct ScanOptionsLimitTests {
    @Test("How much a cursor reads ahead: 0 to 256 MiB", arguments: [-1, .min, (256 << 20) + 1, 32 << 30, .max])
    func readahead(_ bytes: Int) throws {
        try withTemporaryStore { _, namespace in
            try namespace.put("key", "value")
            try namespace.flush()
            var options = ScanOptions()
            options.readahead = ByteCount(bytes)
            func check(_ source: some Readable) {
                expectError(.invalidArgument, "readahead", "256 MiB") { _ = try source.cursor(.all, options: options) }
                expectError(.invalidArgument, "readahead") { try source.entries(options: options).next() }
                expectError(.invalidArgument, "readahead") {
                    try source.entries("a"..<"z", reversed: true, options: options).collect()
                }
                expectError(.invalidArgument, "readahead") {
                    try source.entries(prefix: "k", options: options).forEach { _ in }
                }
            }
            check(namespace)
            check(try namespace.snapshot())
            try namespace.transaction { check($0) }
            try namespace.deleteRange(.prefix("x"))
            check(namespace)
        }
    }

    @Test("Nor does a task read with such a number")
    func readaheadOfATask() async throws {
        try await withTemporaryStore { _, namespace in
            try await namespace.put("key", "value")
            try await namespace.flush()
            for bytes in [-1, 32 << 30] {
                var options = ScanOptions()
                options.readahead = ByteCount(bytes)
                do {
                    for try await _ in namespace.entries(options: options) {}
                    Issue.record("nothing was thrown")
                } catch {
                    #expect((error as? StoreError)?.code == .invalidArgument)
                }
            }
        }
    }

    @Test("The most that can be read ahead, and less")
    func allowed() throws {
        try withTemporaryStore { _, namespace in
            for number in 0..<1000 { try namespace.put("\(number)", "value") }
            try namespace.flush()
            for bytes in [0, 1, 4096, 1 << 20, 256 << 20] {
                var options = ScanOptions()
                options.readahead = ByteCount(bytes)
                #expect(try namespace.entries(options: options).collect().count == 1000)
                #expect(try namespace.entries(reversed: true, options: options).collect().count == 1000)
            }
        }
    }

    @Test("A limit below zero is a limit of none")
    func limits() throws {
        try withTemporaryStore { _, namespace in
            for number in 0..<10 { try namespace.put("\(number)", "value") }
            for limit in [-1, Int.min, 0] {
                var options = ScanOptions()
                options.limit = limit
                #expect(try namespace.entries(options: options).collect().isEmpty)
                #expect(try namespace.entries(limit: limit).collect().isEmpty)
                #expect(try namespace.entries().collect(limit: limit).isEmpty)
                var cursor = try namespace.cursor(.all, options: options)
                let moved = [try cursor.next(), try cursor.previous(), try cursor.seek(to: "3")]
                #expect(moved == [false, false, false])
            }
            #expect(try namespace.entries(limit: .max).collect(limit: .max).count == 10)
        }
    }

    @Test("Options at the ends of their ranges open a store, or are refused by name")
    func configurations() throws {
        var configurations: [(String, StoreConfiguration)] = []
        func add(_ name: String, _ change: (inout StoreConfiguration) -> Void) {
            var configuration = StoreConfiguration.tiny
            change(&configuration)
            configurations.append((name, configuration))
        }
        for number in [Int.min, -1, 0, Int.max] {
            add("maxOpenNamespaces") { $0.maxOpenNamespaces = number }
            add("memtableLimit") { $0.memtableLimit = ByteCount(number) }
            add("blockCache") { $0.blockCache = .shared(ByteCount(number)) }
            add("walSyncInterval") { $0.walSyncInterval = .seconds(number) }
            add("memtableSize") { $0.namespaceTuning.memtableSize = ByteCount(number) }
            add("blockCacheCapacity") {
                $0.namespaceTuning.blockCacheCapacity = ByteCount(number)
                $0.blockCache = .perNamespace
            }
            add("valueCache") { $0.namespaceTuning.valueCache = ByteCount(number) }
            add("maxMemtables") { $0.namespaceTuning.maxMemtables = number }
            add("level0CompactionTrigger") { $0.namespaceTuning.level0CompactionTrigger = number }
            add("level0SlowdownTrigger") { $0.namespaceTuning.level0SlowdownTrigger = number }
            add("level0StopTrigger") { $0.namespaceTuning.level0StopTrigger = number }
            add("maxConcurrentCompactions") { $0.namespaceTuning.maxConcurrentCompactions = number }
            add("bytesPerSync") { $0.namespaceTuning.bytesPerSync = ByteCount(number) }
            add("maxOpenFiles") { $0.namespaceTuning.maxOpenFiles = number }
            add("bloomBitsPerKey") { $0.namespaceTuning.bloomBitsPerKey = Double(number) }
            add("blockRestartInterval") { $0.namespaceTuning.blockRestartInterval = number }
            add("walRetention") { $0.namespaceTuning.walRetention = .seconds(number) }
            add("walRetentionSize") { $0.namespaceTuning.walRetentionSize = ByteCount(number) }
        }
        for number in [Double.nan, .infinity, -.infinity, -0.5] {
            add("bloomBitsPerKey") { $0.namespaceTuning.bloomBitsPerKey = number }
        }
        for (name, configuration) in configurations {
            try withTemporaryFolder { folder in
                do {
                    let store = try Store.open(at: folder.appending("store"), configuration: configuration)
                    let namespace = try store.createNamespace("n")
                    try namespace.put("key", "value")
                    try namespace.flush()
                    #expect(try namespace.get("key") == "value".bytes)
                    _ = store.memoryBudget
                    try store.close()
                } catch let error as StoreError {
                    #expect(error.code == .invalidArgument, "\(name): \(error)")
                    #expect(error.description.contains(name), "\(name): \(error)")
                }
            }
        }
    }

    @Test("Times to live at the ends of their range")
    func timesToLive() throws {
        try withTemporaryStore { store, _ in
            for (number, duration) in [Duration.seconds(Int.max), .milliseconds(1), .seconds(1e18)].enumerated() {
                let namespace = try store.createNamespace("n\(number)", options: NamespaceOptions(timeToLive: duration))
                try namespace.put("key", "value")
                if number != 1 { #expect(try namespace.get("key") == "value".bytes) }
                try namespace.compact()
            }
            for duration in [Duration.zero, .seconds(-1), .seconds(Int.min), .nanoseconds(1)] {
                expectError(.invalidArgument, "timeToLive") {
                    try store.createNamespace("x", options: NamespaceOptions(timeToLive: duration))
                }
            }
        }
    }
}
