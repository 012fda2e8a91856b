import Foundation
import SystemPackage
import Testing

@testable import KVStore

@Suite("What the catalog says is checked before it is used")
struct ForgedCatalogTests {
    /// An entry of the catalog as nobody's library wrote it.
    struct Forgery: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let entries: [(key: String, value: String)]

        init(_ name: String, _ entries: [(key: String, value: String)]) {
            testDescription = name
            self.entries = entries
        }

        /// Another entry for the namespace "orders", with such fields.
        init(_ field: String) {
            let whole = #"{"name":"orders","id":1,"created":1700000000,"deletesRanges":false"#
            self.init(field, [("namespace/orders", whole + "," + field + "}")])
        }

        /// Its tuning, otherwise the documented one.
        static func tuning(_ field: String) -> Forgery { Forgery(#""tuning":{\#(field)}"#) }

        /// Anything in place of the entry.
        static func entry(_ text: String) -> Forgery { Forgery(String(text.prefix(60)), [("namespace/orders", text)]) }
    }

    static let forgeries: [Forgery] =
        [
            #""maxMemtables":1000000000000"#, #""maxMemtables":-1"#, #""memtableSize":-1"#, #""memtableSize":0"#,
            #""memtableSize":9223372036854775807"#, #""bytesPerSync":-1"#, #""blockCacheCapacity":-1"#,
            #""blockRestartInterval":1000000000000"#, #""blockRestartInterval":-1"#,
            #""maxConcurrentCompactions":9223372036854775807"#, #""maxOpenFiles":1000000000000"#,
            #""maxOpenFiles":-5"#, #""level0CompactionTrigger":-9223372036854775808"#,
            #""level0StopTrigger":9223372036854775807"#, #""level0SlowdownTrigger":9223372036854775807"#,
            #""bloomBitsPerKey":1e300"#, #""bloomBitsPerKey":-1"#, #""walRetentionSize":-1"#,
            #""walRetention":[9223372036854775807,0]"#, #""walRetention":[-9223372036854775808,0]"#,
            #""compression":"best""#, #""durability":7"#,
        ].map(Forgery.tuning) + [
            Forgery(#""timeToLive":0"#), Forgery(#""timeToLive":-1"#), Forgery(#""timeToLive":1e300"#),
            Forgery(#""timeToLive":1000,"mergeOperator":"kvstore.add64""#),
            Forgery(#""changes":{"milliseconds":1,"bytes":1048576}"#),
            Forgery(#""changes":{"milliseconds":5000,"bytes":-1}"#),
            Forgery(#""changes":7"#),
            .entry(#"{"name":"orders","id":1,"created":1e300,"deletesRanges":false}"#),
            .entry(#"{"name":"orders","id":1,"created":-1e300,"deletesRanges":false}"#),
            .entry(#"{"name":"orders","id":1,"created":1e999,"deletesRanges":false}"#),
            .entry(#"{"name":"orders","id":0,"created":1700000000,"deletesRanges":false}"#),
            .entry(#"{"name":"orders","id":-1,"created":1700000000,"deletesRanges":false}"#),
            .entry(#"{"name":"orders","id":1e300,"created":1700000000,"deletesRanges":false}"#),
            .entry(#"{"name":"others","id":1,"created":1700000000,"deletesRanges":false}"#),
            .entry(#"{"name":"","id":1,"created":1700000000,"deletesRanges":false}"#),
            .entry(""), .entry("null"), .entry("[]"), .entry("{}"), .entry("\u{0}"),
            .entry(String(repeating: "[", count: 100_000)),
            .entry(String(repeating: #"{"name":"#, count: 100_000)),
            Forgery(
                "two namespaces of one number",
                [("namespace/users", #"{"name":"users","id":1,"created":1700000000,"deletesRanges":false}"#)]),
            Forgery(
                "two entries that are JSON together",
                [
                    ("namespace/users", #"{"name":"users","id":8,"created":1,"deletesRanges":false},{"#),
                    ("namespace/users2", #""name":"users2","id":9,"created":1,"deletesRanges":false}"#),
                ]),
            Forgery(
                "a dropped namespace that is there",
                [("dropped/1", #"{"name":"orders","id":1,"created":1700000000,"deletesRanges":false}"#)]),
            Forgery(
                "a dropped namespace of another number",
                [("dropped/7", #"{"name":"orders","id":1,"created":1700000000,"deletesRanges":false}"#)]),
            Forgery(
                "an unfinished namespace that is there",
                [("creating/1", #"{"name":"users","id":1,"created":1700000000,"deletesRanges":false}"#)]),
            Forgery(
                "an unfinished namespace of another number",
                [("creating/7", #"{"name":"users","id":1,"created":1700000000,"deletesRanges":false}"#)]),
        ]
        + ["18446744073709551615", "18446744073709551616", "0", "-1", "", "x", "1 2", "\u{661}"].map {
            Forgery("next-id \($0)", [("next-id", $0)])
        }

    /// What must not end the process and is no damage that anybody has to hear of.
    static let oddities: [Forgery] =
        [
            "18446744073709551615 18446744073709551615", "1 2 3", "", "x y", "-1 -1",
        ].map { Forgery("used \($0)", [("used/1", $0)]) }
        + [
            Forgery(#""start":18446744073709551615"#),
            Forgery.tuning(#""blockCacheCapacity":9223372036854775807,"bytesPerSync":9223372036854775807"#),
            Forgery.tuning(#""walRetentionSize":9223372036854775807,"walRetention":[499999999999,0]"#),
            Forgery.tuning(#""bloomBitsPerKey":1e-300,"later":{"field":[1]}"#),
            Forgery(#""attributes":{"":""}"#),
            Forgery(#""changes":{"milliseconds":18446744073709551615,"bytes":9223372036854775807}"#),
            // Of a later version, which would have raised the format of the store if it had to be understood.
            Forgery(#""later":{"field":[1]}"#),
        ]

    /// Runs `body` with a store that has the namespace "orders", number 1, and the forged entries.
    private func withForged(_ forgery: Forgery, _ body: (FilePath) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withStore(at: path) { store in
                try store.createNamespace("orders").put("key", "a value")
                try store.namespace("orders").put("other", "a value", durability: .synced)
            }
            // Nothing is open, so that closing does not write over what is forged.
            try withStore(at: path) { store in
                var batch = WriteBatch()
                for (key, value) in forgery.entries { batch.put(key, value) }
                try store.catalog.commit(batch, .namespace)
            }
            try body(path)
        }
    }

    /// All that reads the catalog.
    private func use(_ path: FilePath, _ access: StoreConfiguration.Access = .readWrite) throws {
        try withStore(at: path, .tiny(access)) { store in
            for info in try store.namespaces() {
                _ = "\(info)"
                _ = try store.namespace(info.name).get("key")
                _ = "\(try store.namespace(info.name).tuning.describe())"
                _ = try store.namespace(info.name).verify()
            }
            _ = "\(try store.namespaceStatistics())"
            _ = "\(store.memoryUsage)"
            let copies = path.removingLastComponent()
            guard access == .readWrite else { return }
            try store.checkpoint(to: copies.appending("checkpoint"))
            try store.copy(
                to: copies.appending("copy"),
                layout: store.layout == .singleDatabase ? .separateDatabases : .singleDatabase)
            try store.createNamespace("new").put("key", "value")
            try store.dropNamespace("new")
            try store.dropNamespace("orders")
        }
    }

    @Test("A forged or damaged entry is refused as such", arguments: forgeries)
    func forged(_ forgery: Forgery) throws {
        let key = forgery.entries[0].key
        try withForged(forgery) { path in
            for access in [StoreConfiguration.Access.readWrite, .readOnly] {
                // A reader does not ask for the next number, finish what was under way, or write data of one to
                // another.
                let isForWriters = ["next-id", "dropped/", "creating/", "namespace/users"].contains(
                    where: key.hasPrefix)
                if isForWriters, access != .readWrite { continue }
                let error = expectCode(.corruption) { try use(path, access) }
                #expect(error?.path?.string.contains("metadata") == true, "\(String(describing: error))")
            }
            // What is refused is not removed either.
            let left = try path.columnFamilies()
            #expect(left.contains("1"))
        }
    }

    @Test("What is odd and harmless does no harm", arguments: oddities)
    func odd(_ forgery: Forgery) throws {
        try withForged(forgery) { path in
            try use(path)
            try use(path, .readOnly)
        }
    }

    @Test("A built-in merge operator of a later version keeps its namespace closed, and no other")
    func unknownOperator() throws {
        try withForged(Forgery(#""mergeOperator":"kvstore.later""#)) { path in
            try withStore(at: path) { store in
                #expect(try store.namespaces().first?.mergeOperator == "kvstore.later")
                expectError(.invalidArgument, "kvstore.later") { try store.namespace("orders") }
                try store.createNamespace("users").put("key", "value")
            }
        }
    }

    @Test(
        "A promise that cannot be read is damage, and does not keep from accepting the loss",
        arguments: ["x", "-1", "", "1 2", "1 2 x", "18446744073709551616"])
    func promise(_ text: String) throws {
        let key = "promised/" + (Store.Layout.underTest == .singleDatabase ? "0" : "1")
        try withForged(Forgery(text, [(key, text)])) { path in
            expectCode(.corruption) { try use(path) }
            var configuration = StoreConfiguration.tiny
            configuration.acceptsDataLoss = true
            let value = try withStore(at: path, configuration) { try $0.namespace("orders").get("key") }
            #expect(value == "a value".bytes)
        }
    }

    @Test(
        "A repair leaves forged entries out", .only(.separateDatabases),
        arguments: forgeries.prefix(1) + forgeries.suffix(14))
    func repair(_ forgery: Forgery) throws {
        try withForged(forgery) { path in
            let target = path.removingLastComponent().appending("repaired")
            let report = try Store.repair(at: path, to: target, configuration: .tiny)
            let part = try #require(report.parts.first { $0.entries == 2 })
            #expect(part.outcome == .intact)
            try withStore(at: target) { store in
                #expect(try store.namespaces().map(\.name).contains(part.namespace))
                #expect(try store.namespace(part.namespace).get("key") == "a value".bytes)
                try store.createNamespace("new").put("key", "value")
            }
        }
    }
}
