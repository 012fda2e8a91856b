import Foundation
import SystemPackage
import Testing

@testable import KVStore

@Suite("Copies of a store in another layout")
struct StoreCopyTests {
    private static let join = MergeOperator("join") { Array($0) + Array($1) }

    private func configuration(_ layout: Store.Layout?) -> StoreConfiguration {
        var configuration = StoreConfiguration.tiny(layout)
        configuration.mergeOperators = [Self.join]
        return configuration
    }

    @Test(
        "It holds all namespaces with what is kept of them, and the metadata",
        arguments: Store.Layout.allCases, Store.Layout.allCases)
    func copy(_ from: Store.Layout, _ to: Store.Layout) throws {
        try withTemporaryFolder { folder in
            let target = folder.appending("copy")
            let ends = try withStore(at: folder.appending("store"), configuration(from)) { (store) throws in
                let plain = try store.createNamespace("plain", options: NamespaceOptions(attributes: ["owner": "me"]))
                for number in 0..<500 { try plain.put("key/\(number)", "value \(number)") }
                try plain.deleteRange(.prefix("key/1"))
                // More than one batch takes.
                let large = try store.createNamespace("large")
                for number in 0..<300 {
                    try large.put("key/\(1000 + number)", String(repeating: "\(number)", count: 5000))
                }
                let joined = try store.createNamespace("joined", options: NamespaceOptions(mergeOperator: Self.join))
                try joined.put("key", "a")
                try joined.flush()
                try joined.merge("key", "b")
                let brief = try store.createNamespace("brief", options: NamespaceOptions(timeToLive: .seconds(100)))
                try brief.put("key", "value")
                try store.createNamespace("empty/ä")
                try store.metadata.put("setting", "on")
                try plain.put("unlogged", "value", durability: .unlogged)
                try store.copy(to: target, layout: to)
                // What comes later is not in it.
                try plain.put("later", "value")
                return try store.namespaces()
            }
            #expect(try folder.names() == ["copy", "store"])
            #expect(try target.names() == ["METADATA", "STORE", "metadata", "namespaces"])
            var late = configuration(to)
            try withStore(at: target, late) { (store) throws in
                #expect(store.layout == to)
                let infos = try store.namespaces()
                #expect(infos.map(\.name) == ends.map(\.name))
                #expect(infos.map(\.created) == ends.map(\.created))
                #expect(infos.map(\.attributes) == ends.map(\.attributes))
                #expect(infos.map(\.mergeOperator) == ends.map(\.mergeOperator))
                #expect(infos.map(\.timeToLive) == ends.map(\.timeToLive))
                let plain = try texts(try store.namespace("plain"))
                #expect(plain.count == 500 - 111 + 1)
                #expect(plain["key/2"] == "value 2" && plain["unlogged"] == "value" && plain["later"] == nil)
                let large = try store.namespace("large")
                #expect(try large.entries().collect().count == 300)
                #expect(try large.get("key/1299") == String(repeating: "299", count: 5000).bytes)
                #expect(try store.namespace("joined").get("key") == "ab".bytes)
                try store.namespace("joined").merge("key", "c")
                #expect(try store.namespace("joined").get("key") == "abc".bytes)
                #expect(try store.namespace("brief").get("key") == "value".bytes)
                #expect(try store.namespace("empty/ä").entries().collect().isEmpty)
                #expect(try store.metadata.get("setting") == "on".bytes)
                #expect(try store.verify().parts.count == 6)
            }
            // Entries expire when they would have.
            late.timeToLiveClock = { .now + .seconds(101) }
            try withStore(at: target, late) { (store) throws in
                #expect(try store.namespace("brief").get("key") == nil)
            }
        }
    }

    @Test("It is of one moment, while threads commit to several namespaces together")
    func consistent() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder.appending("store"), configuration(.singleDatabase)) { (store) throws in
                let all = try (0..<4).map { try store.createNamespace("n\($0)") }
                let done = Flag()
                let writer = RunningThread {
                    var number = 0
                    while !done.isSet {
                        number += 1
                        try store.write { batch in
                            for namespace in all { batch.put("number", "\(number)", in: namespace) }
                        }
                    }
                }
                for round in 0..<3 {
                    let target = folder.appending("copy-\(round)")
                    try store.copy(to: target, layout: .separateDatabases)
                    try withStore(at: target, configuration(nil)) { (copy) throws in
                        let numbers = try (0..<4).map { try copy.namespace("n\($0)").get("number") }
                        #expect(Set(numbers).count == 1)
                    }
                }
                done.set()
                try writer.get()
            }
        }
    }

    @Test("Where it cannot be made nothing is left", arguments: Store.Layout.allCases)
    func refused(_ layout: Store.Layout) throws {
        let other = Store.Layout.allCases.first { $0 != layout } ?? layout
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withStore(at: path, configuration(layout)) { (store) throws in
                try store.createNamespace("joined", options: NamespaceOptions(mergeOperator: Self.join)).put("a", "b")
                expectError(.invalidArgument, "copy failed", "within the folder of the store") {
                    try store.copy(to: path.appending("copy"), layout: other)
                }
            }
            // The operator is missing here.
            try withStore(at: path, .tiny(layout)) { (store) throws in
                expectError(.invalidArgument, "\"join\"") {
                    try store.copy(to: folder.appending("copy"), layout: other)
                }
            }
            try withStore(at: path, configuration(layout)) { (store) throws in
                try folder.appending("taken").makeFolder()
                try folder.appending("taken/file").write("mine")
                expectError(.invalidArgument, "something here already") {
                    try store.copy(to: folder.appending("taken"), layout: other)
                }
            }
            #expect(try folder.names() == ["store", "taken"])
        }
    }

    @Test("A byte that is damaged is an error, and there is no copy", arguments: Store.Layout.allCases)
    func damaged(_ layout: Store.Layout) throws {
        let other = Store.Layout.allCases.first { $0 != layout } ?? layout
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withStore(at: path, configuration(layout)) { (store) throws in
                let namespace = try store.createNamespace("test")
                for number in 0..<1000 { try namespace.put("key/\(number)", String(repeating: "v", count: 100)) }
                try namespace.flush()
                try store.sync()
            }
            let databases = path.appending(layout == .singleDatabase ? "namespaces" : "namespaces/1")
            let file = databases.appending(try #require(try databases.names().first { $0.hasSuffix(".sst") }))
            var bytes = try file.read()
            bytes[bytes.count / 3] ^= 0x40
            try file.write(bytes)
            try withStore(at: path, configuration(layout)) { (store) throws in
                expectError(.corruption) { try store.copy(to: folder.appending("copy"), layout: other) }
            }
            #expect(try folder.names() == ["store"])
        }
    }
}
