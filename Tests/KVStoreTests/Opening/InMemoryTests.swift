import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("A store in memory is like any other, and leaves nothing")
struct InMemoryTests {
    @Test("It is used as others are, and gone when it is closed")
    func use() throws {
        let store = try Store.inMemory()
        let path = store.path
        let namespace = try store.createNamespace("test", options: NamespaceOptions(mergeOperator: .add64))
        try namespace.put("file", MergeOperator.number(1))
        try namespace.flush()
        try namespace.merge("file", MergeOperator.number(2))
        #expect(try namespace.get("file").flatMap { MergeOperator.number(in: $0) } == 3)
        try namespace.ingest([(key: "loaded", value: MergeOperator.number(4))])
        try namespace.update { $0.put("update", MergeOperator.number(5)) }
        try namespace.compact()
        try namespace.sync()
        try namespace.reopen()
        try store.metadata.put("setting", "value")
        #expect(try namespace.entries().collect().count == 3)
        #expect(try store.verify().entries >= 4)
        try store.dropNamespace("test")
        #expect(exists(path))
        try store.close()
        #expect(!exists(path))
    }

    @Test("Each is a store of its own, and one that is let go is gone too")
    func several() async throws {
        let path: FilePath
        do {
            let first = try await Store.inMemory()
            let second = try await Store.inMemory()
            #expect(first.path != second.path)
            try await first.createNamespace("test")
            #expect(try await second.namespaces().isEmpty)
            path = first.path
            try await second.close()
        }
        #expect(!exists(path))
    }

    @Test("What still reads it keeps what it reads")
    func stillRead() throws {
        let store = try Store.inMemory()
        let namespace = try store.createNamespace("test")
        try namespace.put("key", "value")
        try namespace.flush()
        do {
            guard let value = try namespace.pinned("key") else { throw NoValue() }
            try store.close()
            #expect(value.withBytes { $0.byteCount } == 5)
            #expect(exists(store.path))
        }
        #expect(!exists(store.path))
    }

    @Test("It can be copied and backed up to a disk", .only(.separateDatabases))
    func copies() throws {
        try withTemporaryFolder { folder in
            let store = try Store.inMemory()
            try store.createNamespace("test").put("key", "value")
            try store.checkpoint(to: folder.appending("copy"))
            try store.backup(to: folder.appending("backups"))
            try store.close()
            #expect(try withOpenStore(folder.appending("copy")) { try texts($0.namespace("test")) } == ["key": "value"])
            try Store.verifyBackup(in: folder.appending("backups"))
        }
    }

    @Test("A configuration that does not fit is refused, and leaves nothing")
    func refusals() throws {
        var configuration = StoreConfiguration.inMemory
        configuration.createIfMissing = false
        expectCode(.invalidArgument) { try Store.inMemory(configuration: configuration) }
        configuration = .inMemory
        configuration.access = .readOnly
        expectCode(.invalidArgument) { try Store.inMemory(configuration: configuration) }
        configuration = .inMemory
        configuration.maxOpenNamespaces = 0
        expectCode(.invalidArgument) { try Store.inMemory(configuration: configuration) }
    }

    @Test("Nothing is left by a process that exits without closing, nor, after the next, by one that is killed")
    func ends() throws {
        let exiting = try MaintenanceProcess("in-memory", "exit")
        let path = FilePath(try #require(try exiting.line()))
        #expect(try exiting.lines() == ["ending"])
        #expect(!exists(path))
        let killed = try MaintenanceProcess("in-memory", "stay")
        let other = FilePath(try #require(try killed.line()))
        #expect(exists(other))
        try Store.inMemory().close()
        #expect(exists(other))
        killed.kill()
        #expect(exists(other))
        try Store.inMemory().close()
        #expect(!exists(other))
    }
}
