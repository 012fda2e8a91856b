import Foundation
import SystemPackage
import Testing

@testable import KVStore

@Suite("What a folder of backups says is checked before it is used")
struct ForgedBackupTests {
    /// The list of a backup as nobody's library wrote it.
    struct Forgery: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var name = "2"
        var format = "1"
        var number = "2"
        var created = "1700000000"
        var added = "0"
        var store: String?
        /// What follows the lines of files that are true.
        var files: [String] = []

        init(_ name: String, _ change: (inout Forgery) -> Void) {
            testDescription = name
            change(&self)
        }

        /// A list with one more file of that path.
        static func path(_ path: String) -> Forgery {
            Forgery("path \(path.prefix(40))") { $0.files = [Self.file("0", path)] }
        }

        static func file(_ size: String, _ path: String, digest: String = String(repeating: "0", count: 64)) -> String {
            "file \(digest) \(size) 0 0 \(path)"
        }

        /// The text of the list.
        func text(after list: String) -> String {
            let lines = list.split(separator: "\n").map(String.init)
            let store = store ?? String(lines[3].dropFirst("store ".count))
            var text =
                "KVStore backup \(format)\nnumber \(number)\ncreated \(created)\nstore \(store)\nadded \(added)\n"
            for line in lines where line.hasPrefix("file ") { text += line + "\n" }
            for line in files { text += line + "\n" }
            return ForgedBackupTests.withChecksum(text)
        }
    }

    static let largest = String(UInt64.max)

    static let forgeries: [Forgery] =
        [
            Forgery("sizes that overflow") {
                $0.files = [
                    .init(Forgery.file(largest, "metadata/1.sst")), .init(Forgery.file(largest, "metadata/2.sst")),
                ]
            },
            Forgery("a size that overflows") { $0.files = [Forgery.file(largest, "metadata/1.sst")] },
            Forgery("a size of too many digits") { $0.files = [Forgery.file(largest + "0", "metadata/1.sst")] },
            Forgery("a negative size") { $0.files = [Forgery.file("-1", "metadata/1.sst")] },
            Forgery("the number of another") { $0.number = "1" },
            Forgery("a negative number") { $0.number = "-2" },
            Forgery("format 0") { $0.format = "0" },
            Forgery("a negative format") { $0.format = "-1" },
            Forgery("made before all times") { $0.created = String(Int.min) },
            Forgery("made after all times") { $0.created = String(Int.max) },
            Forgery("more added than there is") { $0.added = largest },
            Forgery("a store with a space") { $0.store = "a b" },
            Forgery("a line of nothing") { $0.files = [""] },
            Forgery("a file twice") {
                $0.files = [Forgery.file("0", "metadata/1.sst"), Forgery.file("0", "metadata/1.sst")]
            },
            Forgery("a file that is a folder") {
                $0.files = [Forgery.file("0", "metadata/1"), Forgery.file("0", "metadata/1/2")]
            },
            Forgery("a path that looks like another") { $0.files = [Forgery.file("0", "metadata//CURRENT")] },
            Forgery("a digest with a path") {
                $0.files = [Forgery.file("0", "metadata/x", digest: "../" + String(repeating: "0", count: 61))]
            },
            Forgery("a million folders") {
                $0.files = [Forgery.file("0", "metadata/" + String(repeating: "a/", count: 1_000_000) + "b")]
            },
        ]
        + [
            "../x", "metadata/../../x", "/etc/x", "", "/", ".", "..", "metadata", "namespaces", "STORE.new", "LOCK",
            "metadata/a\u{0}b", "metadata/.", "backup-x", "metadata/a/b", "namespaces/1/2/3",
            "metadata/" + String(repeating: "a", count: 300),
        ].map(Forgery.path)

    static func withChecksum(_ text: String) -> String {
        var lines = text
        return text + "checksum \(lines.withUTF8 { SHA256.digest(UnsafeRawBufferPointer($0)) })\n"
    }

    /// Runs `body` with a store and a folder that has one backup of it.
    private func withBackup(_ body: (_ store: FilePath, _ backups: FilePath) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let (path, backups) = (folder.appending("store"), folder.appending("backups"))
            try withStore(at: path) { store in
                try store.createNamespace("orders").put("key", "value")
                try store.backup(to: backups)
            }
            try body(path, backups)
        }
    }

    private func list(_ backups: FilePath, _ name: String = "1") -> FilePath {
        backups.appending("backups").appending(name)
    }

    /// What every call that reads backups throws, in time.
    ///
    /// - Parameter store: what another backup is made of; nil for no store.
    private func errors(_ backups: FilePath, backingUp store: FilePath? = nil) -> [StoreError?] {
        let target = backups.removingLastComponent().appending("restored")
        var calls: [@Sendable () throws -> Void] = [
            { _ = try Store.backups(in: backups) },
            { _ = try Store.verifyBackup(in: backups) },
            { try Store.restore(from: backups, to: target) },
            { _ = try Store.purgeBackups(in: backups, keeping: 1) },
        ]
        if let store {
            calls.append {
                let store = try Store.open(at: store, configuration: .tiny)
                defer { try? store.close() }
                _ = try store.backup(to: backups)
            }
        }
        let errors = calls.map { call -> StoreError? in
            guard case .failure(let error) = inTime(call) else { return nil }
            return error as? StoreError
        }
        #expect(!target.exists)
        return errors
    }

    @Test("A forged or damaged list is refused as such by every call", arguments: forgeries)
    func forged(_ forgery: Forgery) throws {
        try withBackup { _, backups in
            let text = forgery.text(after: String(decoding: try list(backups).read(), as: UTF8.self))
            try list(backups, forgery.name).write(text)
            for error in errors(backups) {
                #expect(error?.code == .corruption, "\(String(describing: error))")
                #expect(error?.path == list(backups, forgery.name), "\(String(describing: error))")
            }
            // The others are as good as before.
            try Store.verifyBackup(1, in: backups)
        }
    }

    @Test("A list of a newer format is refused as such, and the other backups are as good as before")
    func newerFormat() throws {
        try withBackup { store, backups in
            let text = String(decoding: try list(backups).read(), as: UTF8.self)
            try list(backups, "2").write(Forgery("") { $0.format = "2" }.text(after: text))
            for error in errors(backups, backingUp: store) {
                #expect(error?.code == .formatTooNew, "\(String(describing: error))")
                #expect(error?.path == list(backups, "2"), "\(String(describing: error))")
                #expect(error?.message.contains("use a newer version") == true, "\(String(describing: error))")
            }
            try Store.verifyBackup(1, in: backups)
            try list(backups, "2").remove()
            #expect(try withStore(at: store) { try $0.backup(to: backups).number } == 2)
        }
    }

    @Test("Refusing what is there closes no file of anybody else")
    func othersFiles() throws {
        try withBackup { _, backups in
            try backups.appending("BACKUPS").write("KVStore backups 2\n")
            let isDone = Flag()
            // Each takes the lowest number that is free, so that one that is closed twice is soon one of theirs.
            let others = (0..<3).map { _ in
                RunningThread {
                    var lost = 0
                    while !isDone.isSet {
                        let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
                        if fcntl(file, F_GETFD) < 0 { lost += 1 }
                        if close(file) < 0 { lost += 1 }
                    }
                    return lost
                }
            }
            for _ in 0..<300 { expectError(.formatTooNew) { _ = try Store.backups(in: backups) } }
            isDone.set()
            for other in others { #expect(try other.get() == 0) }
        }
    }

    @Test("After a backup of the largest number there is none")
    func largestNumber() throws {
        try withBackup { store, backups in
            let name = String(Int.max)
            let forgery = Forgery("") { ($0.name, $0.number) = (name, name) }
            try list(backups, name).write(
                forgery.text(after: String(decoding: try list(backups).read(), as: UTF8.self)))
            #expect(try Store.backups(in: backups).map(\.number) == [1, Int.max])
            try withStore(at: store) { store in
                expectError(.corruption, "number", list(backups, name).string) { try store.backup(to: backups) }
            }
            try list(backups, name).remove()
            #expect(try withStore(at: store) { try $0.backup(to: backups).number } == 2)
        }
    }

    @Test(
        "Names that are no numbers of backups are passed over",
        arguments: ["0", "-1", "+1", "01", "9223372036854775808", "x"])
    func otherNames(_ name: String) throws {
        try withBackup { store, backups in
            try list(backups, name).write("not ours")
            #expect(try Store.backups(in: backups).map(\.number) == [1])
            #expect(try withStore(at: store) { try $0.backup(to: backups).number } == 2)
            #expect(try Store.purgeBackups(in: backups, keeping: 1) == [1])
            #expect(list(backups, name).exists)
        }
    }

    @Test("A list of 3 GiB, or of empty lines, is refused")
    func largeList() throws {
        try withBackup { _, backups in
            try list(backups, "2").write("")
            grow(list(backups, "2"), to: 3 << 30)
            for error in errors(backups) {
                #expect(error?.code == .corruption, "\(String(describing: error))")
                #expect(error?.message.contains("too large") == true, "\(String(describing: error))")
            }
        }
    }

    @Test(
        "A pipe, a folder, a link or a device in its place", arguments: ["BACKUPS", "LOCK", "backups/1"],
        InTheWay.allCases)
    func inTheWay(_ name: String, _ thing: InTheWay) throws {
        try withBackup { store, backups in
            try thing.take(FilePath(backups.string + "/" + name))
            for error in errors(backups, backingUp: store) {
                #expect(error?.code == .corruption, "\(String(describing: error))")
                #expect(error?.path?.lastComponent == FilePath(name).lastComponent, "\(String(describing: error))")
            }
        }
    }

    @Test("A pipe, a folder, a link or a device in the place of a file of the backup", arguments: InTheWay.allCases)
    func fileInTheWay(_ thing: InTheWay) throws {
        try withBackup { _, backups in
            let file = try storedFile(backups)
            try thing.take(file)
            for error in errors(backups).dropFirst().prefix(2) {
                #expect(error?.code == .corruption, "\(String(describing: error))")
                #expect(error?.path == file, "\(String(describing: error))")
            }
        }
    }

    @Test("A file longer than the list says is refused, not read to its end", arguments: [1, 1 << 43])
    func longer(_ more: Int) throws {
        try withBackup { _, backups in
            let file = try storedFile(backups)
            grow(file, to: try file.read().count + more)
            for error in errors(backups).dropFirst().prefix(2) {
                #expect(error?.code == .corruption, "\(String(describing: error))")
                #expect(error?.message.contains("bytes instead of") == true, "\(String(describing: error))")
            }
        }
    }

    /// The largest file that the backup consists of.
    private func storedFile(_ backups: FilePath) throws -> FilePath {
        let files = backups.appending("files")
        let largest = try files.names().max { try size(files.appending($0)) < size(files.appending($1)) }
        return files.appending(try #require(largest))
    }
}
