import KVStore
import SystemPackage
import Testing

@Suite("Closing a store that cursors read")
struct CursorAtCloseTests {
    @Test("Its bytes stay readable, moving throws, and the store opens again only when it is gone")
    func aliveAtClose() throws {
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder, configuration: .tiny)
            let namespace = try store.createNamespace("orders")
            try namespace.write { for number in 0..<10 { $0.put("key/\(number)", "value \(number)") } }
            do {
                var cursor = try namespace.cursor()
                #expect(try cursor.next())
                try store.close()
                #expect(String(cursor.key) == "key/0" && String(cursor.value) == "value 0")
                expectError(.alreadyOpen, "end the cursors and pinned values") {
                    try Store.open(at: folder, configuration: .tiny)
                }
                expectError(.closed, "cursor in namespace \"orders\"", "the store was closed") { try cursor.next() }
                expectError(.closed) { try cursor.previous() }
                expectError(.closed) { try cursor.seek(to: "key/5") }
                expectError(.closed) { try cursor.seek(backTo: "key/5") }
                #expect(cursor.isAtEntry == false && cursor.key.byteCount == 0 && cursor.value.byteCount == 0)
            }
            #expect(try withStore(at: folder) { try $0.namespace("orders").entries().collect().count } == 10)
        }
    }

    @Test("So with a cursor of the metadata, and one over a range that holds nothing")
    func otherCursors() throws {
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder, configuration: .tiny)
            try store.metadata.put("key", "value")
            do {
                var cursor = try store.metadata.cursor()
                var empty = try store.metadata.cursor(KeyRange(from: "b", to: "a"))
                #expect(try cursor.next())
                try store.close()
                #expect(String(cursor.value) == "value")
                expectError(.alreadyOpen) { try Store.open(at: folder, configuration: .tiny) }
                expectError(.closed) { try cursor.next() }
                expectError(.closed) { try empty.next() }
            }
            try withStore(at: folder) { _ in }
        }
    }

    @Test("Entries end with the error, and not as if they were all")
    func entries() throws {
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder, configuration: .tiny)
            let namespace = try store.createNamespace("orders")
            try namespace.write { for number in 0..<10 { $0.put("key/\(number)", "value") } }
            do {
                let entries = namespace.entries()
                #expect(try entries.next()?.key == "key/0".bytes)
                try store.close()
                for _ in 0..<3 { expectError(.closed) { try entries.next() } }
                expectError(.closed) { try namespace.entries().collect() }
            }
            try withStore(at: folder) { _ in }
        }
    }

    @Test("While a cursor reads its namespace that is not reopened, and both go on")
    func reopened() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            try store.metadata.put("key", "value")
            for namespace in [namespace, store.metadata] {
                do {
                    var cursor = try namespace.cursor()
                    #expect(try cursor.next())
                    expectError(.alreadyOpen, "1 cursor of \"\(namespace.name)\"") { try namespace.reopen() }
                    #expect(String(cursor.value) == "value")
                    #expect(try !cursor.next())
                    #expect(try namespace.get("key") == "value".bytes)
                }
                try namespace.reopen()
                #expect(try namespace.get("key") == "value".bytes)
            }
            #expect(try store.namespaces().count == 1)
        }
    }
}
