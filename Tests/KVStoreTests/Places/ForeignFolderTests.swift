import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("What is not ours is not removed, and what is another's is not built in")
struct ForeignFolderTests {
    @Test("A backup into the store's own folder is refused however it is spelled")
    func ownFolder() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            let link = folder.appending("link")
            try makeLink(link, to: path)
            try withOpenStore(path) { store in
                try store.createNamespace("test").put("key", "value")
                for inside in ["backup-mine", "namespaces/backup-mine", "missing/../backup-mine", ""] {
                    for way in [path, link, folder.appending("x/../link"), link.appending("metadata/..")] {
                        let target = way.appending(inside)
                        expectCode(.invalidArgument) { try store.backup(to: target) }
                        expectCode(.invalidArgument) { try store.checkpoint(to: target) }
                        expectCode(.invalidArgument) { try store.copy(to: target) }
                    }
                }
            }
            #expect(try path.names() == ["LOCK", "METADATA", "STORE", "metadata", "namespaces"])
        }
    }

    @Test("A folder that looks like one of ours by its name stays")
    func namedAlike() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            let names = ["backup-2024", "backup-\(UUID().uuidString)", "backup-\(UUID().uuidString.lowercased())"]
            try withOpenStore(path) { store in
                try store.createNamespace("test").put("key", "value")
                try store.backup(to: folder.appending("backups"))
            }
            for name in names {
                try path.appending(name).makeFolder()
                try path.appending(name).appending("BACKUPS").write("mine")
            }
            let file = path.appending("backup-file")
            try file.write("mine")
            try withOpenStore(path) { store in
                #expect(try texts(store.namespace("test")) == ["key": "value"])
                try store.backup(to: folder.appending("backups"))
                try store.namespace("test").ingest([(key: "loaded", value: "value")])
            }
            for name in names { #expect(exists(path.appending(name).appending("BACKUPS"))) }
            #expect(exists(file))
        }
    }

    @Test("A store that has the name under which a copy is made stays")
    func temporaryName() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            let folder = store.path.removingLastComponent()
            let taken = folder.appending(".copy.new")
            try withOpenStore(taken) { try $0.createNamespace("mine").put("key", "mine") }
            try store.backup(to: folder.appending("backups"))
            expectError(.invalidArgument, "taken by something else") {
                try store.checkpoint(to: folder.appending("copy"))
            }
            expectCode(.invalidArgument) { try store.copy(to: folder.appending("copy")) }
            expectCode(.invalidArgument) {
                try Store.restore(from: folder.appending("backups"), to: folder.appending("copy"))
            }
            #expect(try withOpenStore(taken) { try texts($0.namespace("mine")) } == ["key": "mine"])
        }
    }

    @Test("Nothing is made within the folder of backups or of a store")
    func within() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            let folder = store.path.removingLastComponent()
            let (backups, other) = (folder.appending("backups"), folder.appending("other"))
            try store.backup(to: backups)
            try withOpenStore(other) { _ = try $0.createNamespace("test") }
            let damaged = folder.appending("damaged")
            try store.checkpoint(to: damaged)
            let link = folder.appending("link")
            try makeLink(link, to: backups)
            let before = try listing(folder).keys.sorted()
            for place in [backups, link, other] {
                for target in [place.appending("new"), place.appending("files/x"), place.appending("a/b/c")] {
                    expectCode(.invalidArgument) { try store.checkpoint(to: target) }
                    expectCode(.invalidArgument) { try store.copy(to: target) }
                    expectCode(.invalidArgument) { try store.backup(to: target) }
                    expectCode(.invalidArgument) { try Store.restore(from: backups, to: target) }
                    expectCode(.invalidArgument) { try Store.open(at: target, configuration: .tiny) }
                    if Store.Layout.underTest == .separateDatabases {
                        expectCode(.invalidArgument) {
                            try Store.repair(at: damaged, to: target, configuration: .tiny)
                        }
                    }
                }
            }
            #expect(try listing(folder).keys.sorted() == before)
            try Store.verifyBackup(in: backups)
        }
    }

    @Test("Backups are not made around the store", arguments: ["files", "backups", "files/store"])
    func around(_ place: String) throws {
        try withTemporaryFolder { folder in
            try withOpenStore(folder.appending(place)) { store in
                try store.createNamespace("test").put("key", "value")
                expectCode(.invalidArgument) { try store.backup(to: folder) }
            }
            // Nor around another store's.
            try withTemporaryStore { (other, _) -> Void in
                expectCode(.invalidArgument) { try other.backup(to: folder) }
            }
            #expect(try folder.names() == [String(place.prefix { $0 != "/" })])
            #expect(try withOpenStore(folder.appending(place)) { try texts($0.namespace("test")) } == ["key": "value"])
        }
    }

    @Test("Files that somebody put among those of backups stay")
    func amongBackups() throws {
        try withTemporaryStore { store, namespace in
            let backups = store.path.removingLastComponent().appending("backups")
            try store.backup(to: backups)
            let mine = ["files/notes", "files/folder/note", "backups/007", "backups/notes", "notes"]
            try backups.appending("files/folder").makeFolder()
            for name in mine { try backups.appending(name).write("mine") }
            try backups.appending("backups/007").remove()
            for number in 0..<3 {
                try namespace.put("key", "\(number)")
                try store.backup(to: backups)
            }
            #expect(try Store.purgeBackups(in: backups, keeping: 1) == [1, 2, 3])
            for name in mine where name != "backups/007" { #expect(exists(backups.appending(name)), "\(name)") }
            try Store.verifyBackup(in: backups)
        }
    }

    @Test(
        "A folder that somebody else began with a STORE.new is refused and left as it is",
        arguments: ["", "mine", "{}", "\0\0\0"])
    func foreignBeginning(_ text: String) throws {
        try withTemporaryFolder { folder in
            try folder.appending("STORE.new").write(text)
            try folder.appending("metadata").makeFolder()
            try folder.appending("metadata/photo").write("sea")
            let before = try content(of: folder)
            expectError(.notAStore, "other things") { try Store.open(at: folder, configuration: .tiny) }
            #expect(try content(of: folder) == before)
        }
    }
}
