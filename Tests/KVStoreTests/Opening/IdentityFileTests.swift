import KVStore
import SystemPackage
import Testing

@Suite("The STORE file")
struct IdentityFileTests {
    @Test("It names the format and the store, with a checksum over its lines")
    func content() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { _ in }
            let text = String(decoding: try folder.appending("STORE").read(), as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let isSingle = Store.Layout.underTest == .singleDatabase
            #expect(lines.count == (isSingle ? 6 : 5))
            // Older versions of the library read separate databases, and refuse the other layout.
            #expect(lines[0] == (isSingle ? "KVStore 2" : "KVStore 1"))
            if isSingle { #expect(lines[3] == "layout singleDatabase") }
            #expect(lines[1].wholeMatch(of: /id [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil)
            #expect(lines[2].wholeMatch(of: /created \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
            #expect(text == Self.withChecksum(lines.dropLast(2).joined(separator: "\n") + "\n"))
        }
    }

    @Test("A store of a newer format is refused as such and left as it is", arguments: [3, 1000])
    func newerFormat(_ format: Int) throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { try $0.createNamespace("orders").put("key", "value") }
            let file = folder.appending("STORE")
            let current = try file.read()
            try file.write(Self.withChecksum("KVStore \(format)\nid of another kind\n"))
            let before = try KVStoreTests.content(of: folder)
            expectError(.formatTooNew, "format \(format)", "reads up to 2", "use a newer version", file.string) {
                try Store.open(at: folder, configuration: .tiny)
            }
            expectError(.formatTooNew) { try Store.open(at: folder, configuration: .tiny(.readOnly)) }
            expectError(.formatTooNew) { try Store.open(at: folder, configuration: .tiny(.follower)) }
            let repaired = FilePath(folder.string + "-repaired")
            expectError(.formatTooNew) { try Store.repair(at: folder, to: repaired, configuration: .tiny) }
            #expect(!repaired.exists)
            #expect(try KVStoreTests.content(of: folder) == before)
            try file.write(current)
            #expect(try withStore(at: folder) { try $0.namespace("orders").get("key") } == "value".bytes)
        }
    }

    @Test("A damaged one is refused as such and left as it is", arguments: Damage.allCases)
    func damaged(_ damage: Damage) throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { _ in }
            let file = folder.appending("STORE")
            try file.write(damage.done(to: try file.read()))
            let before = try KVStoreTests.content(of: folder)
            expectError(.corruption, "the file is damaged", "restore it from a backup", file.string) {
                try Store.open(at: folder, configuration: .tiny)
            }
            #expect(try KVStoreTests.content(of: folder) == before)
        }
    }

    enum Damage: CaseIterable {
        case empty, cutShort, oneBit, lineMissing, lineAdded, notText, noFormat, formatZero, noID, unknownLayout

        func done(to bytes: [UInt8]) -> [UInt8] {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            switch self {
            case .empty: return []
            case .cutShort: return bytes.dropLast()
            case .oneBit:
                var bytes = bytes
                bytes[bytes.count / 2] ^= 1
                return bytes
            case .lineMissing: return Array((lines[..<2] + lines[3...]).joined(separator: "\n").utf8)
            case .lineAdded: return bytes + Array("more\n".utf8)
            case .notText: return [0xFF] + bytes
            case .noFormat: return Array(withChecksum("KVStore\nid a\ncreated b\n").utf8)
            case .formatZero: return Array(withChecksum("KVStore 0\nid a\ncreated b\n").utf8)
            case .noID: return Array(withChecksum("KVStore 1\ncreated b\n").utf8)
            case .unknownLayout:
                let named = lines[1...2].joined(separator: "\n")
                return Array(withChecksum("KVStore 2\n\(named)\nlayout manyDatabases\n").utf8)
            }
        }
    }

    @Test("A store whose making was cut short is made afresh", arguments: [false, true])
    func interruptedCreation(hasMetadata: Bool) throws {
        try withTemporaryFolder { folder in
            try folder.appending("LOCK").write("")
            try folder.appending("STORE.new").write("KVSto")
            if hasMetadata {
                try folder.appending("namespaces").makeFolder()
                try folder.appending("metadata").makeFolder()
                try folder.appending("metadata/CURRENT").write("half of it")
            }
            var configuration = StoreConfiguration.tiny
            configuration.createIfMissing = false
            expectError(.notAStore, "not to create") { try Store.open(at: folder, configuration: configuration) }
            #expect(try withStore(at: folder) { try $0.namespaces() }.isEmpty)
            #expect(try folder.names() == ["LOCK", "METADATA", "STORE", "metadata", "namespaces"])
        }
    }

    /// The lines with the file's last line: FNV-1a of 64 bits over them.
    static func withChecksum(_ lines: String) -> String {
        let hash = lines.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return lines + "checksum " + String(hash, radix: 16) + "\n"
    }
}

private func withChecksum(_ lines: String) -> String { IdentityFileTests.withChecksum(lines) }
