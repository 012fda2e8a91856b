import KVStore
import SystemPackage
import Testing

@Suite("Names of namespaces")
struct NamespaceNameTests {
    @Test("Any name of 1 to 255 bytes without control characters will do", arguments: Self.legalNames)
    func legal(_ name: String) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withStore(at: path) { (store) throws in
                try store.createNamespace(name).put("key", name)
                #expect(try store.namespaces().map(\.name) == [name])
            }
            // Nothing has left the store's folder, and in it folders are named by numbers.
            #expect(try folder.names() == ["store"])
            #expect(try path.names() == ["LOCK", "METADATA", "STORE", "metadata", "namespaces"])
            #expect(try path.columnFamilies() == ["1"])
            #expect(try withStore(at: path) { try $0.namespace(name).get("key") } == name.bytes)
        }
    }

    static let legalNames = [
        "a", "../x", "..", ".", "a/b", "/etc/passwd", "metadata", "1", "a\\b", "a b", " ", "\"quoted\"", "ä🙂", "%00",
        String(repeating: "x", count: 255), String(repeating: "ä", count: 127), "\u{A0}", "\u{2028}", "~", "-rf",
    ]

    @Test("Others are refused with the reason, and nothing is created", arguments: Self.illegalNames)
    func illegal(_ name: String, _ reason: String) throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                let rule = "a name has 1 to 255 bytes of UTF-8 without control characters"
                expectError(.invalidName, "createNamespace", reason, rule) { try store.createNamespace(name) }
                expectError(.invalidName, "namespace failed", reason) { try store.namespace(name) }
                expectError(.invalidName, reason) { try store.namespace(name, createIfMissing: true) }
                expectError(.invalidName, "dropNamespace", reason) { try store.dropNamespace(name) }
                #expect(try store.namespaces().isEmpty)
            }
            #expect(try folder.columnFamilies() == [])
        }
    }

    static let illegalNames: [(String, String)] = [
        ("", "empty"),
        (String(repeating: "x", count: 256), "256 bytes"),
        (String(repeating: "x", count: 300), "300 bytes"),
        (String(repeating: "ä", count: 128), "256 bytes"),
        ("a\u{0}b", "control character"),
        ("line\nbreak", "control character"),
        ("\t", "control character"),
        ("\u{1B}[31m", "control character"),
        ("delete\u{7F}", "control character"),
        ("\u{85}", "control character"),
        ("\u{9F}", "control character"),
    ]

    @Test("Names that differ in their bytes alone are of different namespaces", arguments: Self.pairsAlike)
    func lookalikes(_ one: String, _ other: String) throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                try store.createNamespace(one).put("key", "one")
                expectError(.namespaceNotFound) { try store.namespace(other) }
                try store.createNamespace(other).put("key", "other")
                #expect(try store.namespace(one).get("key") == "one".bytes)
                #expect(try store.namespace(other).get("key") == "other".bytes)
            }
            try withStore(at: folder) { (store) throws in
                #expect(try store.namespaces().count == 2)
                #expect(try store.namespace(one).get("key") == "one".bytes)
                #expect(try store.namespace(other).get("key") == "other".bytes)
                try store.dropNamespace(one)
                #expect(try store.namespace(other).get("key") == "other".bytes)
                expectError(.namespaceNotFound) { try store.namespace(one) }
            }
        }
    }

    static let pairsAlike = [
        ("orders", "Orders"), ("orders", "ORDERS"), ("a", "a "), ("straße", "strasse"),
        // Equal as Swift strings: composed and decomposed, and the sign for ohm.
        ("caf\u{E9}", "cafe\u{301}"), ("\u{2126}", "\u{3A9}"),
    ]
}
