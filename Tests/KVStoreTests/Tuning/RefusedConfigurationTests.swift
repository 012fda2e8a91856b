import KVStore
import SystemPackage
import Testing

@Suite("Configurations that do not hold together")
struct RefusedConfigurationTests {
    @Test("All conflicts of a tuning are listed at once, each with its numbers")
    func everyConflict() throws {
        var tuning = Tuning.namespace
        tuning.memtableSize = .kibibytes(1)
        tuning.maxMemtables = 1
        tuning.level0CompactionTrigger = 9
        tuning.level0SlowdownTrigger = 7
        tuning.level0StopTrigger = 5
        tuning.maxConcurrentCompactions = 0
        tuning.bytesPerSync = .bytes(-1)
        tuning.blockCacheCapacity = .bytes(-2)
        tuning.maxOpenFiles = 3
        tuning.bloomBitsPerKey = 65
        tuning.blockRestartInterval = 0
        expectError(
            .invalidArgument, "does not hold together",
            "memtableSize is 1 KiB, it must be from 64 KiB to 64 GiB",
            "maxMemtables is 1, it must be from 2",
            "level0SlowdownTrigger (7) is below level0CompactionTrigger (9)",
            "level0StopTrigger (5) is below level0SlowdownTrigger (7)",
            "level0StopTrigger (5) is below level0CompactionTrigger (9)",
            "maxConcurrentCompactions is 0, it must be from 1 to 128",
            "bytesPerSync is -1 B, it must not be negative",
            "blockCacheCapacity is -2 B, it must not be negative",
            "maxOpenFiles is 3, it must be from 20",
            "bloomBitsPerKey is 65.0, it must be from 0 to 64",
            "blockRestartInterval is 0, it must be from 1 to 4096"
        ) { try tuning.validate() }
    }

    @Test("Each conflict alone is found", arguments: Self.conflicts)
    func eachConflict(_ conflict: Conflict) {
        var tuning = Tuning.namespace
        conflict.make(&tuning)
        let error = expectError(.invalidArgument, conflict.testDescription) { try tuning.validate() }
        #expect(error?.message.contains("; ") == false, "\(String(describing: error))")
    }

    struct Conflict: CustomTestStringConvertible {
        /// The field that the message names.
        let testDescription: String
        let make: @Sendable (inout Tuning) -> Void
    }

    static let conflicts = [
        Conflict(testDescription: "memtableSize") { $0.memtableSize = .gibibytes(65) },
        Conflict(testDescription: "maxMemtables") { $0.maxMemtables = 1001 },
        Conflict(testDescription: "level0CompactionTrigger is 0") { $0.level0CompactionTrigger = 0 },
        Conflict(testDescription: "level0SlowdownTrigger (3) is below") { $0.level0SlowdownTrigger = 3 },
        Conflict(testDescription: "level0StopTrigger (7) is below") { $0.level0StopTrigger = 7 },
        Conflict(testDescription: "level0StopTrigger (3) is below level0CompactionTrigger (4)") {
            $0.level0SlowdownTrigger = nil
            $0.level0StopTrigger = 3
        },
        // Numbers that no option of the engine can hold.
        Conflict(testDescription: "level0StopTrigger is \(Int.max)") { $0.level0StopTrigger = .max },
        Conflict(testDescription: "maxConcurrentCompactions") { $0.maxConcurrentCompactions = .max },
        Conflict(testDescription: "maxOpenFiles is 19") { $0.maxOpenFiles = 19 },
        Conflict(testDescription: "maxOpenFiles") { $0.maxOpenFiles = .max },
        Conflict(testDescription: "bloomBitsPerKey is nan") { $0.bloomBitsPerKey = .nan },
        Conflict(testDescription: "bloomBitsPerKey is -1") { $0.bloomBitsPerKey = -1 },
        Conflict(testDescription: "blockRestartInterval") { $0.blockRestartInterval = .max },
    ]

    @Test("A store is not opened with such a tuning, and nothing is created", arguments: [true, false])
    func tuningOfAStore(ofNamespaces: Bool) throws {
        var configuration = StoreConfiguration.tiny
        if ofNamespaces {
            configuration.namespaceTuning.maxMemtables = 1
        } else {
            configuration.metadataTuning.maxMemtables = 1
        }
        try expectRefused(configuration, "maxMemtables is 1")
    }

    @Test("maxOpenNamespaces must be at least 1", arguments: [0, -1, Int.min])
    func maxOpenNamespaces(_ count: Int) throws {
        var configuration = StoreConfiguration.tiny
        configuration.maxOpenNamespaces = count
        try expectRefused(configuration, "maxOpenNamespaces is \(count)", "at least 1")
    }

    @Test(
        "walSyncInterval must be at least a millisecond",
        arguments: [Duration.zero, .microseconds(999), .seconds(-1)])
    func walSyncInterval(_ interval: Duration) throws {
        var configuration = StoreConfiguration.tiny
        configuration.walSyncInterval = interval
        try expectRefused(
            configuration, "walSyncInterval is \(interval)", "at least 1 ms", "use the durability .synced")
    }

    @Test(
        "A walSyncInterval longer than any clock is as good as none",
        arguments: [Duration.seconds(Int64.max), .seconds(10_000_000_000), .milliseconds(1)])
    func extremeInterval(_ interval: Duration) throws {
        var configuration = StoreConfiguration.tiny
        configuration.walSyncInterval = interval
        try withTemporaryStore(configuration) { (_, namespace) throws in
            try namespace.put("key", "value")
            #expect(try namespace.get("key") == "value".bytes)
        }
    }

    @Test("A shared cache must not be of negative size")
    func sharedCache() throws {
        var configuration = StoreConfiguration.tiny
        configuration.blockCache = .shared(.bytes(-1))
        try expectRefused(configuration, "blockCache", "-1 B", "must not be negative")
    }

    private func expectRefused(
        _ configuration: StoreConfiguration, _ parts: String..., at location: SourceLocation = #_sourceLocation
    ) throws {
        try withTemporaryFolder { (folder) throws in
            let error = expectError(.invalidArgument, at: location) {
                try Store.open(at: folder.appending("store"), configuration: configuration)
            }
            for part in parts { #expect(error?.message.contains(part) == true, sourceLocation: location) }
            #expect(try folder.names() == [], sourceLocation: location)
        }
    }
}
