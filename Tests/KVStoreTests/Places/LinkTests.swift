import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("No link is followed out of a store")
struct LinkTests {
    /// A folder beside the store, of which nothing may be missing afterwards.
    private func withOutside(_ body: (FilePath, FilePath) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let outside = folder.appending("outside")
            try outside.appending("below").makeFolder()
            try outside.appending("CURRENT").write("mine")
            try outside.appending("below/file").write("mine")
            let before = try content(of: outside)
            try body(folder.appending("store"), outside)
            #expect(try content(of: outside) == before)
        }
    }

    @Test("Dropping a namespace removes links, not what they lead to", .only(.separateDatabases))
    func dropping() throws {
        try withOutside { path, outside in
            try withOpenStore(path) { store in
                for name in ["has a link", "is a link", "is moved"] {
                    try store.createNamespace(name).put("key", "value")
                }
            }
            let folders = path.appending("namespaces")
            try makeLink(folders.appending("1/link"), to: outside)
            try folders.appending("2").remove()
            try makeLink(folders.appending("2"), to: outside)
            try withOpenStore(path) { store in
                for (name, code) in [("has a link", StoreError.Code.corruption), ("is a link", .invalidArgument)] {
                    expectError(code, "symbolic link") { try store.namespace(name).get("key") }
                    try store.dropNamespace(name)
                }
                #expect(try store.namespace("is moved").get("key") == "value".bytes)
            }
            try withOpenStore(path) { (store) throws in
                #expect(try store.namespaces().map(\.name) == ["is moved"])
                #expect(try eventually { try folders.names() == ["3"] })
            }
        }
    }

    @Test("Nor when the link comes while the store is open", .only(.separateDatabases))
    func whileOpen() throws {
        try withOutside { path, outside in
            let store = try Store.open(at: path, configuration: .tiny)
            let namespace = try store.createNamespace("test")
            try namespace.put("key", "value")
            try outside.appending("1").makeFolder()
            try outside.appending("1/file").write("mine")
            let (folders, moved) = (path.appending("namespaces"), path.appending("moved"))
            try FileManager.default.moveItem(atPath: folders.string, toPath: moved.string)
            try makeLink(folders, to: outside)
            try store.dropNamespace("test")
            try store.close()
            #expect(exists(outside.appending("1/file")))
            expectError(.invalidArgument, "symbolic link", folders.string) {
                try Store.open(at: path, configuration: .tiny)
            }
            try folders.remove()
            try FileManager.default.moveItem(atPath: moved.string, toPath: folders.string)
            #expect(try withOpenStore(path) { try $0.namespaces() }.isEmpty)
            try outside.appending("1").remove()
        }
    }

    @Test("Linked folders and files within a store are refused", arguments: ["metadata", "namespaces", "LOCK"])
    func inner(_ name: String) throws {
        try withOutside { path, outside in
            try withOpenStore(path) { try $0.createNamespace("test").put("key", "value") }
            let (entry, moved) = (path.appending(name), outside.removingLastComponent().appending("moved"))
            try FileManager.default.moveItem(atPath: entry.string, toPath: moved.string)
            try makeLink(entry, to: moved)
            let code: StoreError.Code = name == "LOCK" ? .corruption : .invalidArgument
            expectError(code, "symbolic link", entry.string) {
                try Store.open(at: path, configuration: .tiny)
            }
            if name != "LOCK" {
                expectCode(.invalidArgument) { try Store.open(at: path, configuration: .tiny(.readOnly)) }
            }
            try entry.remove()
            try FileManager.default.moveItem(atPath: moved.string, toPath: entry.string)
            #expect(try withOpenStore(path) { try texts($0.namespace("test")) } == ["key": "value"])
        }
    }

    @Test("The engine is not let to write through a link")
    func engineFiles() throws {
        try withOutside { path, outside in
            try withOpenStore(path) { try $0.createNamespace("test").put("key", "value") }
            for database in [path.appending("metadata"), path.database()] {
                for name in ["000099.log", "LOG", "MANIFEST-000099"] {
                    let link = database.appending(name)
                    if exists(link) { try link.remove() }
                    try makeLink(link, to: outside.appending("below/file"))
                    expectError(.corruption, "symbolic link") {
                        try withOpenStore(path) { try $0.namespace("test").get("key") }
                    }
                    try link.remove()
                }
            }
            #expect(try withOpenStore(path) { try texts($0.namespace("test")) } == ["key": "value"])
        }
    }

    @Test("A STORE.new that is a link, or a second name of another file, is not written through")
    func beginning() throws {
        try withOutside { path, outside in
            try path.makeFolder()
            let file = path.appending("STORE.new")
            try makeLink(file, to: outside.appending("CURRENT"))
            expectCode(.notAStore) { try Store.open(at: path, configuration: .tiny) }
            try file.remove()
            try makeLink(file, to: outside.appending("none"))
            expectCode(.notAStore) { try Store.open(at: path, configuration: .tiny) }
            try file.remove()
            let other = path.removingLastComponent().appending("other")
            try other.write("KVSto")
            try FileManager.default.linkItem(atPath: other.string, toPath: file.string)
            try withOpenStore(path) { _ in }
            #expect(try other.read() == "KVSto".bytes)
        }
    }

    @Test(
        "A store whose making was cut short is not made through links",
        arguments: ["metadata", "namespaces", "LOCK"])
    func madeAfresh(_ name: String) throws {
        try withOutside { path, outside in
            try path.makeFolder()
            try path.appending("STORE.new").write("KVSto")
            try makeLink(path.appending(name), to: name == "LOCK" ? outside.appending("none") : outside)
            let code: StoreError.Code = name == "LOCK" ? .corruption : .invalidArgument
            expectCode(code) { try Store.open(at: path, configuration: .tiny) }
        }
    }

    @Test(
        "Nor does a backup go through one",
        arguments: ["files", "backups", "LOCK", "new", "files/new", "backups/new"])
    func backups(_ name: String) throws {
        try withOutside { path, outside in
            try withOpenStore(path) { store in
                try store.createNamespace("test").put("key", "value")
                let backups = path.removingLastComponent().appending("all backups")
                try store.backup(to: backups)
                let (entry, moved) = (backups.appending(name), path.removingLastComponent().appending("moved"))
                if exists(entry) { try FileManager.default.moveItem(atPath: entry.string, toPath: moved.string) }
                let isFolder = ["files", "backups"].contains(name)
                try makeLink(entry, to: isFolder ? moved : outside.appending("CURRENT"))
                let before = isFolder ? try listing(moved) : [:]
                if isFolder || name == "LOCK" {
                    let code: StoreError.Code = name == "LOCK" ? .corruption : .invalidArgument
                    expectError(code, "symbolic link", entry.string) { try store.backup(to: backups) }
                } else {
                    // Whether it is refused or goes past the link.
                    _ = try? store.backup(to: backups)
                }
                if isFolder { #expect(try listing(moved) == before) }
            }
        }
    }

    @Test("A copy has no links in it, and takes none for its own")
    func copies() throws {
        try withOutside { path, outside in
            try withOpenStore(path) { store in
                try store.createNamespace("test").put("key", "value")
                let target = path.removingLastComponent().appending("copy")
                try makeLink(path.removingLastComponent().appending(".copy.new"), to: outside)
                expectError(.invalidArgument, "taken by something else") { try store.checkpoint(to: target) }
                #expect(!exists(target))
            }
        }
    }
}
