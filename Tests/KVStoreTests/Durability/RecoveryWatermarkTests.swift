import Foundation
import SystemPackage
import Testing

@testable import KVStore

@Suite("What databases have on disk is noted while they come and go", .only(.separateDatabases))
struct RecoveryWatermarkTests {
    private func manifest(of database: FilePath) throws -> FilePath {
        database.appending(try #require(ManifestExtent.current(database)).name)
    }

    @Test("A database whose manifest has gone between two looks is being removed, which is no error")
    func removed() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            let database = store.path.database()
            let present = try #require(try ManifestExtent(syncing: database))
            #expect(present.size > 0)
            let manifest = try manifest(of: database)
            try FileManager.default.moveItem(atPath: manifest.string, toPath: manifest.string + ".aside")
            #expect(try ManifestExtent(syncing: database) == nil)
            try FileManager.default.moveItem(atPath: manifest.string + ".aside", toPath: manifest.string)
        }
    }

    @Test("What could not be noted is noted the next time")
    func failed() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value", durability: .synced)
            let manifest = try manifest(of: store.path.database())
            let aside = manifest.string + ".aside"
            try FileManager.default.moveItem(atPath: manifest.string, toPath: aside)
            try FileManager.default.createDirectory(atPath: manifest.string, withIntermediateDirectories: false)
            let log = try #require(namespace.slot.columnFamily).database.log
            // The store's own thread may take what is noted here, and fail by it in its turn.
            let hasFailed = eventually {
                store.promises.note(namespace.slot.id, log)
                do { try store.promises.record() } catch { return true }
                return false
            }
            #expect(hasFailed)
            #expect(rmdir(manifest.string) == 0)
            try FileManager.default.moveItem(atPath: aside, toPath: manifest.string)
            let isNoted = try eventually {
                try store.promises.record()
                return try store.catalog.promise(namespace.slot.id).sequence == log.promisedSequence
            }
            #expect(isNoted)
        }
    }
}
