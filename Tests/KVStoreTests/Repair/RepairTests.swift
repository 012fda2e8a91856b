import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Repairing makes a store of what can still be read, beside the damaged one", .only(.separateDatabases))
struct RepairTests {
    /// A closed store with a namespace of two table files and a log, a counter and some metadata.
    private func withClosedStore(_ body: (FilePath) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withOpenStore(path) { store in
                let orders = try store.createNamespace("orders")
                for half in [0..<500, 500..<1000] {
                    try orders.write { batch in
                        for number in half { batch.put("key/\(1000 + number)", String(repeating: "value", count: 20)) }
                    }
                    try orders.flush()
                }
                let hits = try store.createNamespace("hits", options: NamespaceOptions(mergeOperator: .add64))
                for _ in 0..<10 { try hits.merge("count", MergeOperator.number(1)) }
                let sessions = try store.createNamespace(
                    "sessions", options: NamespaceOptions(timeToLive: .seconds(3600)))
                try sessions.put("session", "value")
                try store.metadata.put("setting", "value")
                for number in 0..<100 { try orders.put("log/\(100 + number)", String(repeating: "v", count: 100)) }
                try store.sync()
            }
            try body(path)
        }
    }

    private func repaired(
        _ path: FilePath, _ body: (RepairReport, Store) throws -> Void
    ) throws {
        let before = try content(of: path)
        let target = path.removingLastComponent().appending("repaired")
        let report = try Store.repair(at: path, to: target, configuration: .tiny)
        #expect(try content(of: path) == before, "the damaged store was changed")
        #expect(try names(path.removingLastComponent()) == ["repaired", "store"])
        try withOpenStore(target) { store in
            #expect(try store.verify().entries > 0)
            try body(report, store)
            try store.createNamespace("new").put("key", "value")
        }
        // What was accepted once is accepted again.
        try withOpenStore(target) { store in
            for info in try store.namespaces() { _ = try texts(store.namespace(info.name)) }
        }
    }

    private func database(_ store: FilePath, _ id: Int = 1) -> FilePath {
        store.appending("namespaces").appending("\(id)")
    }

    private func file(_ database: FilePath, _ matches: (String) -> Bool) throws -> FilePath {
        database.appending(try #require(try names(database).filter(matches).last))
    }

    private func expectAll(_ store: Store) throws {
        #expect(try store.namespaces().map(\.name) == ["hits", "orders", "sessions"])
        #expect(try texts(store.namespace("orders")).count == 1100)
        #expect(try store.namespace("hits").get("count").flatMap { MergeOperator.number(in: $0) } == 10)
        #expect(try texts(store.namespace("sessions")) == ["session": "value"])
        #expect(try texts(store.metadata) == ["setting": "value"])
    }

    @Test("A store that is whole is copied as it is")
    func intact() throws {
        try withClosedStore { path in
            try repaired(path) { (report, store) throws in
                #expect(report.isComplete)
                #expect(report.parts.map(\.namespace) == ["metadata", "orders", "hits", "sessions"])
                #expect(
                    report.parts.allSatisfy { $0.outcome == .intact && $0.damage == nil && $0.unusableFiles.isEmpty })
                try expectAll(store)
            }
        }
    }

    @Test(
        "Without CURRENT, or with one that names nothing, all is there",
        arguments: ["", "gone", "MANIFEST-000999\n", "\0\0"])
    func current(_ text: String) throws {
        try withClosedStore { path in
            for folder in [database(path), path.appending("metadata")] {
                let file = folder.appending("CURRENT")
                if text == "gone" { try file.remove() } else { try file.write(text) }
            }
            try repaired(path) { (report, store) throws in
                #expect(report.isComplete)
                #expect(report.parts.map(\.outcome) == [.complete, .complete, .intact, .intact])
                #expect(report.parts.first?.damage != nil)
                try expectAll(store)
            }
        }
    }

    @Test("Without the manifest, or with a damaged one, tables and logs are collected", arguments: 0..<3)
    func manifest(_ kind: Int) throws {
        try withClosedStore { path in
            for folder in [database(path), database(path, 2), path.appending("metadata")] {
                let file = try file(folder) { $0.hasPrefix("MANIFEST") }
                switch kind {
                case 0: try file.remove()
                case 1: try damage(file, at: 20)
                default: try file.write(Array(try file.read().prefix(60)))
                }
            }
            try repaired(path) { (report, store) throws in
                #expect(!report.isComplete)
                #expect(report.parts[1].outcome == .salvaged, "\(report.parts[1])")
                #expect(report.parts[1].unusableFiles.isEmpty)
                #expect(try texts(store.namespace("orders")).count == 1100)
                #expect(try store.namespace("hits").get("count").flatMap { MergeOperator.number(in: $0) } == 10)
            }
        }
    }

    @Test("A table file that is damaged or missing costs what was in it, and is named", arguments: [true, false])
    func table(_ isMissing: Bool) throws {
        try withClosedStore { path in
            let table = try file(database(path)) { $0.hasSuffix(".sst") }
            if isMissing { try table.remove() } else { try damage(table, at: try size(table) / 3) }
            try repaired(path) { (report, store) throws in
                let part = report.parts[1]
                #expect(part.outcome == .salvaged)
                #expect(part.unusableFiles == (isMissing ? [] : [table.lastComponent?.string]))
                let name = try #require(table.stem)
                #expect(part.damage?.contains(name) == true, "\(String(describing: part.damage))")
                let left = try texts(store.namespace("orders"))
                #expect(left.count == part.entries)
                #expect([500, 600, 1000].contains(left.count), "\(left.count)")
                #expect(try store.namespaces().count == 3)
            }
        }
    }

    @Test("A damaged log costs the newest commits only")
    func log() throws {
        try withClosedStore { path in
            let log = try file(database(path)) { $0.hasSuffix(".log") }
            try damage(log, at: try size(log) / 2)
            try repaired(path) { (report, store) throws in
                #expect(report.parts[1].outcome == .shortened)
                #expect(report.parts[1].damage?.contains("commits up to") == true)
                let left = try texts(store.namespace("orders"))
                #expect((1020..<1080).contains(left.count))
                let logged = left.keys.filter { $0.hasPrefix("log/") }.sorted()
                #expect(logged == (0..<logged.count).map { "log/\(100 + $0)" })
            }
        }
    }

    @Test(
        "A log that is damaged before a load is not called a prefix, one that is damaged behind it is",
        arguments: [0.0, 0.02, 0.3, 0.9], [false, true])
    func loadBehindDamage(_ part: Double, _ flushesFirst: Bool) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withOpenStore(path) { store in
                let namespace = try store.createNamespace("test")
                try namespace.put("flushed", "value")
                if flushesFirst { try namespace.flush() }
                for number in 0..<100 { try namespace.put("log/\(100 + number)", String(repeating: "v", count: 100)) }
                try namespace.sync()
                try namespace.ingest([(key: "x", value: "loaded")])
            }
            let log = try file(database(path)) { $0.hasSuffix(".log") }
            let logged = try size(log)
            try damage(log, at: min(Int(part * Double(logged)) + 10, logged - 80))
            expectCode(.corruption) { try withOpenStore(path) { try $0.namespace("test").get("x") } }
        }
        for loadsFirst in [true, false] {
            try withTemporaryFolder { folder in
                let path = folder.appending("store")
                try withOpenStore(path) { store in
                    let namespace = try store.createNamespace("test")
                    if flushesFirst {
                        try namespace.put("flushed", "value")
                        try namespace.flush()
                    }
                    if loadsFirst { try namespace.ingest([(key: "x", value: "loaded")]) }
                    for number in 0..<100 {
                        try namespace.put("log/\(100 + number)", String(repeating: "v", count: 100))
                    }
                    if !loadsFirst { try namespace.ingest([(key: "x", value: "loaded")]) }
                }
                let log = try file(database(path)) { $0.hasSuffix(".log") }
                let logged = try size(log)
                // Behind the mark of the load, or before the load.
                try damage(log, at: min(Int(part * Double(logged)) + (loadsFirst ? 400 : 10), logged - 200))
                try repaired(path) { (report, store) throws in
                    let namespace = try store.namespace("test")
                    #expect(report.parts[1].outcome == (loadsFirst ? .shortened : .gapped), "\(report.parts[1])")
                    #expect(!report.isComplete)
                    #expect(try namespace.get("x") == "loaded".bytes)
                    #expect(try !namespace.contains("log/199"))
                    let logged = try namespace.entries(prefix: "log/").collect().count
                    #expect(try logged == 0 || namespace.contains("log/\(99 + logged)"))
                }
            }
        }
    }

    @Test("Without the metadata database namespaces are found by their folders")
    func metadata() throws {
        try withClosedStore { path in
            try path.appending("metadata").remove()
            try path.appending("STORE").remove()
            try repaired(path) { (report, store) throws in
                #expect(!report.isComplete)
                #expect(report.renamed == ["recovered-1", "recovered-2", "recovered-3"])
                #expect(report.parts.map(\.outcome) == [.lost, .intact, .intact, .intact])
                let infos = try store.namespaces()
                #expect(infos.map(\.name) == report.renamed)
                #expect(infos.map(\.mergeOperator) == [nil, MergeOperator.add64.name, nil])
                #expect(try texts(store.namespace("recovered-1")).count == 1100)
                let hits = try store.namespace("recovered-2")
                try hits.merge("count", MergeOperator.number(1))
                #expect(try hits.get("count").flatMap { MergeOperator.number(in: $0) } == 11)
                #expect(try texts(store.namespace("recovered-3")) == ["session": "value"])
                #expect(infos.last?.timeToLive != nil)
                #expect(try texts(store.metadata) == [:])
            }
        }
    }

    @Test("A namespace whose folder is gone is reported, and no other suffers")
    func folder() throws {
        try withClosedStore { path in
            try database(path).remove()
            try repaired(path) { (report, store) throws in
                #expect(report.parts[1].outcome == .lost)
                #expect(report.parts[1].namespace == "orders")
                #expect(try store.namespaces().map(\.name) == ["hits", "sessions"])
            }
        }
    }

    @Test("What is in use, or is no store, is left alone")
    func refusals() async throws {
        try withClosedStore { path in
            let folder = path.removingLastComponent()
            let target = folder.appending("repaired")
            try withOpenStore(path) { _ in expectCode(.alreadyOpen) { try Store.repair(at: path, to: target) } }
            expectCode(.invalidArgument) { try Store.repair(at: path, to: path) }
            expectCode(.invalidArgument) { try Store.repair(at: path, to: path.appending("inside")) }
            expectCode(.invalidArgument) { try Store.repair(at: path, to: folder) }
            expectCode(.notAStore) { try Store.repair(at: folder, to: target) }
            expectCode(.notAStore) { try Store.repair(at: folder.appending("nothing"), to: target) }
            try path.appending("STORE").write("KVStore 99\nchecksum x\n")
            _ = try Store.repair(at: path, to: target)
            #expect(try names(folder) == ["repaired", "store"])
        }
        try await withTemporaryStore { store, _ in
            let target = store.path.removingLastComponent().appending("repaired")
            let path = store.path
            await #expect(throws: StoreError.self) { try await Store.repair(at: path, to: target) }
        }
    }

    @Test("A namespace with an operator of your own needs it")
    func operators() throws {
        try withTemporaryFolder { folder in
            var configuration = StoreConfiguration.tiny
            configuration.mergeOperators = [
                MergeOperator("last") { _, operand in operand.withUnsafeBytes { Array($0) } }
            ]
            let path = folder.appending("store")
            try withOpenStore(path, configuration) { store in
                let options = NamespaceOptions(mergeOperator: configuration.mergeOperators[0])
                try store.createNamespace("test", options: options).merge("key", "value")
            }
            try path.appending("metadata").remove()
            let target = folder.appending("repaired")
            let error = expectCode(.invalidArgument) { try Store.repair(at: path, to: target, configuration: .tiny) }
            #expect(error?.message.contains("\"last\"") == true)
            #expect(try names(folder) == ["store"])
            let report = try Store.repair(at: path, to: target, configuration: configuration)
            #expect(report.parts.map(\.outcome) == [.lost, .intact])
            let value = try withOpenStore(target, configuration) { try $0.namespace("recovered-1").get("key") }
            #expect(value == "value".bytes)
        }
    }

    @Test("Whatever is damaged, what is made can be read, and holds only what was written", arguments: 0..<12)
    func anyDamage(_ round: Int) throws {
        var random = SeededRandom(test: "damage \(round)")
        try withClosedStore { path in
            let files = try FileManager.default.subpathsOfDirectory(atPath: path.string).sorted()
                .map { path.appending($0) }.filter { (try? $0.names()) == nil && $0.lastComponent?.string != "LOCK" }
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let file = files[Int.random(in: 0..<files.count, using: &random)]
                guard file.exists, case let count = try size(file), count > 0 else { continue }
                let offset = Int.random(in: 0..<count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: try file.remove()
                case 1: try file.write(Array(try file.read().prefix(offset)))
                default: try damage(file, at: offset)
                }
            }
            let before = try content(of: path)
            let target = path.removingLastComponent().appending("repaired")
            let report = try Store.repair(at: path, to: target, configuration: .tiny)
            #expect(try content(of: path) == before)
            try withOpenStore(target) { store in
                _ = try store.verify()
                for info in try store.namespaces() {
                    for (key, value) in try texts(store.namespace(info.name)) where key.hasPrefix("key/") {
                        #expect(value == String(repeating: "value", count: 20), "\(report)")
                    }
                }
            }
        }
    }
}
