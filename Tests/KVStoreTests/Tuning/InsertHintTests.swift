import KVStore
import SystemPackage
import Testing

/// RocksDB inserts deletions of ranges with the hints of points, which are places in another list, and corrupts its
/// memtable: with assertions the process ends. So the work is another process's.
@Suite("Memtable insert hints")
struct InsertHintTests {
    @Test("Deletions of ranges among puts of keys that count leave what they should, also when the log is read again")
    func rangeDeletions() throws {
        try withTemporaryFolder { folder in
            let process = try MaintenanceProcess("delete-ranges", folder.string)
            let said = try process.lines()
            #expect(said == ["first-0: \(Self.left)", "first-1: \(Self.left)", "end"])
            try withStore(at: folder, StoreConfiguration()) { store in
                for name in ["first-0", "first-1"] {
                    let namespace = try store.namespace(name)
                    #expect(try namespace.entries().collect().count == Self.left)
                    // The log was read into a table; here the same into a memtable again.
                    try namespace.put("M:200000000", "value")
                    try namespace.deleteRange(.prefix("M:"))
                    try namespace.put("M:200000001", "value")
                    #expect(try namespace.entries(prefix: "M:").collect().count == 1)
                }
            }
        }
    }

    /// How many keys are left of 2,000.
    private static let left = 630

    @Test("Random keys, deletions and overwrites are found with them as without", arguments: [true, false])
    func randomKeys(_ usesHints: Bool) throws {
        var configuration = StoreConfiguration.tiny
        configuration.namespaceTuning.memtableInsertHints = usesHints
        try withTemporaryStore(configuration) { _, namespace in
            var random = SeededRandom(test: "random keys")
            var expected: [[UInt8]: [UInt8]] = [:]
            for round in 0..<20_000 {
                // Short keys and long ones, some with a stem that many share, the empty one too.
                let length = Int.random(in: 0...12, using: &random)
                let stem =
                    Bool.random(using: &random) ? [] : Array("stem/\(Int.random(in: 0..<20, using: &random))/".utf8)
                let key = stem + (0..<length).map { _ in UInt8.random(in: 0...3, using: &random) }
                if Int.random(in: 0..<4, using: &random) == 0 {
                    try namespace.delete(key)
                    expected[key] = nil
                } else {
                    try namespace.put(key, "\(round)")
                    expected[key] = Array("\(round)".utf8)
                }
            }
            let found = try namespace.entries().collect()
            #expect(found.map(\.key) == expected.keys.sorted { $0.lexicographicallyPrecedes($1) })
            for entry in found { #expect(entry.value == expected[entry.key]) }
        }
    }
}
