import KVStore
import Testing

@Suite("Listing namespaces by the page")
struct NamespaceListTests {
    @Test("Pages put together are the whole list, by any size of page and with a prefix")
    func pages() throws {
        try withTemporaryFolder { folder in
            let names = ["a", "a/1", "a/2", "a/10", "ab", "b", "ä", "🙂", "a\u{FFFF}"]
            let sorted = names.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
            try withStore(at: folder) { (store) throws in
                for name in names { try store.createNamespace(name) }
                #expect(try store.namespaces().map(\.name) == sorted)
                for prefix in ["", "a", "a/", "none"] {
                    let expected = sorted.filter { $0.bytes.starts(with: prefix.bytes) }
                    for limit in 1...(names.count + 1) {
                        var found: [String] = []
                        while true {
                            let page = try store.namespaces(prefix: prefix, after: found.last, limit: limit)
                            found += page.map(\.name)
                            if page.count < limit { break }
                        }
                        #expect(found == expected)
                    }
                }
            }
        }
    }

    @Test("A page begins after a name that need not be there, and a limit of none is an empty page")
    func bounds() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                for name in ["b", "d", "f"] { try store.createNamespace(name) }
                #expect(try store.namespaces(after: "c").map(\.name) == ["d", "f"])
                #expect(try store.namespaces(after: "d").map(\.name) == ["f"])
                #expect(try store.namespaces(after: "z").isEmpty)
                #expect(try store.namespaces(after: "", limit: 1).map(\.name) == ["b"])
                #expect(try store.namespaces(limit: 0).isEmpty)
                #expect(try store.namespaces(limit: -1).isEmpty)
                #expect(try store.namespaces(prefix: "d", after: "a").map(\.name) == ["d"])
                #expect(try store.namespaces(prefix: "d", after: "e").isEmpty)
            }
        }
    }
}
