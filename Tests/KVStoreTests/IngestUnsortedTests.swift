import Foundation
import SystemPackage
import Testing

@testable import KVStore

@Suite("Bulk loads in any order")
struct IngestUnsortedTests {
    private typealias Entries = [(key: [UInt8], value: [UInt8])]

    /// Few keys, with much in common, and each more than once.
    private static func entries(_ count: Int, using random: inout SeededRandom) -> Entries {
        (0..<count).map { _ in
            var key = random.bytes(upTo: 5)
            if Bool.random(using: &random) { key += Array("key/\(Int.random(in: 0..<count, using: &random))".utf8) }
            let size = Int.random(in: 0..<50, using: &random) == 0 ? 20_000 : Int.random(in: 0..<200, using: &random)
            return (key, [UInt8](repeating: .random(in: 0...255, using: &random), count: size))
        }
    }

    private static func content(_ entries: some Sequence<(key: [UInt8], value: [UInt8])>) -> [[UInt8]: [UInt8]] {
        Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    }

    private static func content(_ namespace: Namespace) throws -> [[UInt8]: [UInt8]] {
        let found = try namespace.entries().collect()
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.key.lexicographicallyPrecedes($1.key) })
        return content(found.map { ($0.key, $0.value) })
    }

    private func leftovers(_ store: Store) -> [String] {
        (try? store.path.database().appending("ingest").names()) ?? []
    }

    @Test("Random entries are there as the last of each key was, in one part or in many")
    func model() throws {
        var random = SeededRandom(test: "unsorted loads")
        for memory in [ByteCount(0), .mebibytes(2), .mebibytes(64)] {
            try withTemporaryStore { store, namespace in
                let before = Self.entries(500, using: &random)
                for (key, value) in before { try namespace.put(key, value) }
                let entries = Self.entries(8000, using: &random)
                var told: [IngestProgress] = []
                let count = try namespace.ingest(unsorted: entries, memory: memory) { told.append($0) }
                #expect(count == entries.count)
                #expect(told.map(\.parts) == Array(1...told.count))
                #expect(memory == .mebibytes(64) ? told.count == 1 : told.count > 1)
                #expect(zip(told, told.dropFirst()).allSatisfy { $0.entries < $1.entries && $0.bytes < $1.bytes })
                #expect(told.last?.entries == count)
                #expect(told.last?.bytes.bytes == entries.reduce(0) { $0 + $1.key.count + $1.value.count })
                let expected = Self.content(before + entries)
                #expect(try Self.content(namespace) == expected)
                try namespace.compact()
                try namespace.reopen()
                #expect(try Self.content(namespace) == expected)
                #expect(leftovers(store).isEmpty)
            }
        }
    }

    @Test("A load that ended early goes on behind what it has told")
    func goingOn() throws {
        try withTemporaryStore { store, namespace in
            var random = SeededRandom(test: "unsorted loads that go on")
            let entries = Self.entries(5000, using: &random)
            let half = entries.prefix(3000) + [(key: [UInt8](repeating: 1, count: 9 << 20), value: [])]
            var loaded = 0
            let error = #expect(throws: StoreError.self) {
                try namespace.ingest(unsorted: half, memory: .mebibytes(1)) { loaded = $0.entries }
            }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("entry 3000") == true, "\(error?.message ?? "")")
            #expect(loaded > 0 && loaded < 3000)
            #expect(try Self.content(namespace) == Self.content(entries.prefix(loaded)))
            try namespace.ingest(unsorted: entries.dropFirst(loaded), memory: .mebibytes(1))
            #expect(try Self.content(namespace) == Self.content(entries))
            #expect(leftovers(store).isEmpty)
        }
    }

    @Test("An entry that is larger than the memory comes in its place")
    func largeEntries() throws {
        try withTemporaryStore { _, namespace in
            let large = [UInt8](repeating: 7, count: 3 << 20)
            let entries: Entries = [([1], [1]), ([2], large), ([1], large), ([1], [2]), ([2], [3]), ([3], large)]
            var told: [Int] = []
            try namespace.ingest(unsorted: entries, memory: .mebibytes(1)) { told.append($0.entries) }
            #expect(told == [1, 2, 3, 5, 6])
            #expect(try Self.content(namespace) == [[1]: [2], [2]: [3], [3]: large])
        }
    }

    @Test("The store may be used, and closed, by the sequence and by what is told of the progress")
    func reentrance() throws {
        try withTemporaryStore { store, namespace in
            let entries = (0..<3000).map {
                (key: "key/\($0 * 7919 % 3000)", value: String(repeating: "v", count: 1000))
            }
            var seen = 0
            try namespace.ingest(unsorted: entries, memory: .mebibytes(1)) { progress in
                seen = (try? namespace.entries().collect().count) ?? -1
                #expect(seen == progress.entries)
                #expect(throws: Never.self) {
                    try namespace.update { $0.put("of the progress/\(progress.parts)", "v") }
                }
                #expect(throws: Never.self) { try namespace.deleteRange(.prefix("of the progress")) }
            }
            #expect(seen == 3000)
            let closing = entries.lazy.map { entry in
                if entry.key == entries[2000].key { try? store.close() }
                return entry
            }
            let error = #expect(throws: StoreError.self) {
                try namespace.ingest(unsorted: closing, memory: .mebibytes(1))
            }
            #expect(error?.code == .closed)
            #expect(leftovers(store).isEmpty)
        }
    }

    @Test("Entries of namespaces with a merge operator and a time to live are as those that are written")
    func formats() throws {
        try withTemporaryStore { store, _ in
            let sums = try store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
            try sums.ingest(unsorted: [(key: "b", value: MergeOperator.number(1)), ("a", MergeOperator.number(5))])
            try sums.merge("a", MergeOperator.number(2))
            #expect(try sums.get("a") == MergeOperator.number(7))
            let brief = try store.createNamespace("brief", options: NamespaceOptions(timeToLive: .milliseconds(50)))
            try brief.ingest(unsorted: [(key: "b", value: "v"), ("a", "v")])
            usleep(60_000)
            #expect(try brief.get("a") == nil)
        }
    }

    @Test("In async code, and into the metadata column family")
    func asyncForm() async throws {
        try await withTemporaryStore { store, namespace in
            let entries = (0..<100).reversed().map { (key: "key/\($0)", value: "v") }
            let count = try await namespace.ingest(unsorted: entries)
            let told = Tally()
            let again = try await store.metadata.ingest(unsorted: entries, memory: .mebibytes(1)) {
                told.add($0.entries)
            }
            #expect(count == 100 && again == 100 && told.value == 100)
            #expect(try await store.metadata.get("key/3") != nil)
        }
    }

    @Test("No entries are no part, a reader loads nothing, and memory that is not to be had is refused")
    func refusals() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { store in
                let namespace = try store.createNamespace("test")
                #expect(try namespace.ingest(unsorted: Entries()) { _ in Issue.record("a part") } == 0)
                let error = #expect(throws: StoreError.self) {
                    try namespace.ingest(unsorted: [(key: "a", value: "v")], memory: ByteCount(.max))
                }
                #expect(error?.code == .invalidArgument)
                #expect(try namespace.get("a") == nil)
            }
            var configuration = StoreConfiguration.tiny
            configuration.access = .readOnly
            try withStore(at: folder, configuration) { store in
                let error = #expect(throws: StoreError.self) {
                    try store.namespace("test").ingest(unsorted: [(key: "a", value: "v")])
                }
                #expect(error?.code == .readOnly)
            }
        }
    }
}
