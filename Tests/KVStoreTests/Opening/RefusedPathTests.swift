import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Opening what is no store")
struct RefusedPathTests {
    @Test("A file is refused and left as it is")
    func file() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("file")
            try path.write("not a store")
            expectError(.notAStore, "this is a file", "a folder of its own", path.string) { try Store.open(at: path) }
            #expect(try content(of: folder) == ["file": Data("not a store".utf8)])
        }
    }

    @Test("A folder with other things in it is refused and left as it is")
    func foreignFolder() throws {
        try withTemporaryFolder { folder in
            try folder.appending("holiday.jpg").write("sea")
            try folder.appending("metadata").makeFolder()
            let before = try content(of: folder)
            expectError(.notAStore, "other things", "empty folder", folder.string) { try Store.open(at: folder) }
            #expect(try content(of: folder) == before)
        }
    }

    @Test("A store whose STORE file was lost is refused, not made anew over its data")
    func lostIdentity() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withStore(at: path) { try $0.createNamespace("orders").put("key", "value") }
            let identity = try path.appending("STORE").read()
            try path.appending("STORE").remove()
            let before = try content(of: path)
            expectError(.notAStore, "no STORE file") { try Store.open(at: path, configuration: .tiny) }
            #expect(try content(of: path) == before)
            try path.appending("STORE").write(identity)
            #expect(try withStore(at: path) { try $0.namespace("orders").get("key") } == "value".bytes)
        }
    }

    @Test("An empty path is refused")
    func emptyPath() {
        expectError(.invalidArgument, "the path of the store is empty") { try Store.open(at: "") }
    }

    @Test("A file in place of a folder above the store is named in the error", arguments: ["file/store", "file/a/b"])
    func fileAbove(_ place: String) throws {
        try withTemporaryFolder { folder in
            try folder.appending("file").write("in the way")
            expectError(.ioError, "could not make the folder", folder.appending("file").string) {
                try Store.open(at: folder.appending(place), configuration: .tiny)
            }
            #expect(try content(of: folder) == ["file": Data("in the way".utf8)])
        }
    }

    @Test("Where nothing may be created, nothing is")
    func notCreated() throws {
        try withTemporaryFolder { folder in
            var configuration = StoreConfiguration.tiny
            configuration.createIfMissing = false
            let empty = folder.appending("empty")
            try empty.makeFolder()
            expectError(.notAStore, "not to create") {
                try Store.open(at: folder.appending("missing/store"), configuration: configuration)
            }
            expectError(.notAStore, "not to create", empty.string) {
                try Store.open(at: empty, configuration: configuration)
            }
            #expect(try folder.names() == ["empty"])
            #expect(try empty.names() == [])
            // The same configuration opens a store that is there.
            try withStore(at: empty) { _ = try $0.createNamespace("orders") }
            #expect(try withStore(at: empty, configuration) { try $0.namespaces().map(\.name) } == ["orders"])
        }
    }

    @Test("Folders above the store are made with it")
    func foldersAbove() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("a/b/store")
            try withStore(at: path) { _ in }
            #expect(try path.names() == ["LOCK", "METADATA", "STORE", "metadata", "namespaces"])
        }
    }

    @Test("A folder fresh from making a file system will do")
    func lostAndFound() throws {
        try withTemporaryFolder { folder in
            try folder.appending("lost+found").makeFolder()
            try withStore(at: folder) { _ = try $0.createNamespace("orders") }
            #expect(try withStore(at: folder) { try $0.namespaces().count } == 1)
        }
    }

    @Test(
        "A folder that may not be read is refused with the system's reason",
        .enabled(if: geteuid() != 0, "root may read and write everything"))
    func permissionDenied() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try path.makeFolder()
            try FileManager.default.setAttributes([.posixPermissions: 0o000], ofItemAtPath: path.string)
            defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path.string) }
            expectError(.ioError, "Permission denied", path.string) { try Store.open(at: path, configuration: .tiny) }
        }
    }
}
