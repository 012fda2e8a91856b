import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("A store stays where it was opened")
struct RelativePathTests {
    @Test("A relative path leads to one place, wherever the process goes afterwards")
    func workingFolder() throws {
        try withTemporaryFolder { folder in
            let (here, elsewhere) = (folder.appending("a"), folder.appending("b"))
            for path in [here, elsewhere] { try path.makeFolder() }
            try withOpenStore(elsewhere.appending("data")) { try $0.createNamespace("another").put("key", "value") }
            let before = try listing(elsewhere)
            let child = try MaintenanceProcess("wander", folder.string)
            #expect(try child.line() == here.appending("data").string)
            #expect(try child.line() == "backups: [1, 2]")
            for name in ["data", "copy", "copy-2", "restored", "restored-1", "repaired-1", "repaired"] {
                // A single database is not repaired.
                if name.hasPrefix("repaired"), Store.Layout.underTest == .singleDatabase { break }
                #expect(try child.line() == "\(name): 2 [2, 2]")
            }
            #expect(try child.line()?.contains("working folder") == true)
            #expect(try child.lines() == ["end"])
            #expect(try listing(elsewhere) == before)
            #expect(try withOpenStore(elsewhere.appending("data")) { try $0.namespaces().map(\.name) } == ["another"])
        }
    }

    @Test("A path through links and dots leads where the system says, and is told without them")
    func links() throws {
        try withTemporaryFolder { folder in
            let deep = folder.appending("x/y")
            try deep.makeFolder()
            let link = folder.appending("link")
            try makeLink(link, to: deep)
            let path = link.appending("../missing/.././store")
            try withOpenStore(path) { store in
                #expect(store.path == folder.appending("x/store"))
                try store.createNamespace("test").put("key", "value")
            }
            #expect(try folder.names() == ["link", "x"])
            #expect(try folder.appending("x").names() == ["store", "y"])
            // The folder as a whole may be a link.
            let whole = folder.appending("whole")
            try makeLink(whole, to: "x/store")
            try withOpenStore(whole) { store in
                #expect(store.path == folder.appending("x/store"))
                expectCode(.alreadyOpen) { try Store.open(at: path, configuration: .tiny) }
                // It leads elsewhere from now on; the store does not.
                try whole.remove()
                try makeLink(whole, to: "x/y")
                try store.createNamespace("more").put("key", "value")
                try store.checkpoint(to: whole.appending("copy"))
            }
            #expect(try deep.names() == ["copy"])
            #expect(try withOpenStore(folder.appending("x/store")) { try $0.namespaces().count } == 2)
        }
    }

    @Test("A link that leads nowhere is not followed")
    func dangling() throws {
        try withTemporaryFolder { folder in
            let link = folder.appending("link")
            try makeLink(link, to: folder.appending("nothing"))
            expectError(.invalidArgument, "symbolic link", link.string) {
                try Store.open(at: link, configuration: .tiny)
            }
            #expect(try folder.names() == ["link"])
            try withOpenStore(folder.appending("store")) { store in
                expectCode(.invalidArgument) { try store.checkpoint(to: link) }
                expectCode(.invalidArgument) { try store.backup(to: link) }
            }
        }
    }
}
