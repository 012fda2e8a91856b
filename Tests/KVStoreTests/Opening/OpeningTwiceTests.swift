import KVStore
import SystemPackage
import Testing

@Suite("Opening a store that is open")
struct OpeningTwiceTests {
    @Test("A second handle in the process is refused, and the first goes on")
    func sameProcess() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { store in
                let orders = try store.createNamespace("orders")
                expectError(.alreadyOpen, "open in another process or elsewhere in this one", folder.string) {
                    try Store.open(at: folder, configuration: .tiny)
                }
                try orders.put("key", "value")
                #expect(try orders.get("key") != nil)
            }
            try withStore(at: folder) { _ in }
        }
    }

    @Test("So is one by way of a symbolic link")
    func link() throws {
        try withTemporaryFolder { folder in
            let store = folder.appending("store")
            let link = folder.appending("link")
            try withStore(at: store) { _ in
                try makeLink(link, to: store)
                expectError(.alreadyOpen) { try Store.open(at: link, configuration: .tiny) }
            }
            try withStore(at: link) { _ in }
        }
    }

    @Test("A store that another process has open is refused until it closes it")
    func otherProcess() throws {
        try withTemporaryFolder { folder in
            let other = try StoreProcess(opening: folder)
            #expect(other.answer == "open")
            expectError(.alreadyOpen, "another process", folder.string) {
                try Store.open(at: folder, configuration: .tiny)
            }
            other.finish()
            try withStore(at: folder) { store in
                let namespace = try store.namespace("from the other process")
                #expect(try namespace.get("key") == "value".bytes)
            }
        }
    }

    @Test("And until it is killed; what it had acknowledged is there")
    func killedProcess() throws {
        try withTemporaryFolder { folder in
            let other = try StoreProcess(opening: folder)
            #expect(other.answer == "open")
            other.kill()
            try withStore(at: folder) { store in
                let namespace = try store.namespace("from the other process")
                #expect(try namespace.get("key") == "value".bytes)
            }
        }
    }

    @Test("Another process is refused what this one has open")
    func refusedThere() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { store in
                let other = try StoreProcess(opening: folder)
                #expect(other.answer == "failed: alreadyOpen")
                other.finish()
                #expect(try store.namespaces().isEmpty)
            }
        }
    }
}
