import Foundation
import SystemPackage
import Testing

@testable import KVStore

@Suite("The kind of an error is what happened, whatever the folders are called")
struct ErrorCodeTests {
    static let names = [
        "No space left on device", "Space limit reached", "While lock file", "lock hold by current process",
        "Corruption",
        "Direct I O is not supported", "incompatible with filesystem", "requires flush",
        "IO error: No space left on device: x",
        "Corruption: x.sst", "IO error: While lock file: x",
    ]

    /// Statuses as the engine words them, with the folder in the place of `PATH`.
    static let statuses = [
        (
            "Corruption: Can't access /000012.sst: IO error: No such file or directory: while stat: PATH/000012.sst: x",
            "corruption"
        ),
        (
            "IO error: No such file or directory: While opening a file for sequentially reading: PATH/CURRENT: x",
            "corruption"
        ),
        (
            "IO error: No space left on device: While appending to file: PATH/000003.log: No space left on device",
            "noSpace"
        ),
        ("Corruption: Corrupt or unsupported format_version: 6 in file PATH/MANIFEST-000009", "formatTooNew"),
        ("Corruption: Corrupt or unsupported format_version: 37 in file PATH/MANIFEST-000009", "corruption"),
        ("IO error: Space limit reached: Max allowed space was reached PATH", "noSpace"),
        ("IO error: While appending to file: PATH/000003.log: Input/output error", "ioError"),
        ("IO error: While open a file for random read: PATH/CURRENT: Too many open files", "ioError"),
        ("IO error: Stale file handle: While pread: PATH/000012.ldb: Stale file handle", "ioError"),
        ("IO error: while open a file for lock: PATH/LOCK: Permission denied", "ioError"),
        ("IO error: While lock file: PATH/LOCK: Resource temporarily unavailable", "alreadyOpen"),
        (
            "IO error: lock hold by current process, acquire time 1 acquiring thread 2: PATH/LOCK: No locks available",
            "alreadyOpen"
        ),
        ("Invalid argument: Direct I/O is not supported by the specified DB.", "ioError"),
        (
            "Invalid argument: Found options incompatible with filesystem: IO error: While open a file for random read: PATH: x",
            "ioError"
        ),
        ("Invalid argument: PATH/000009.sst: file is too short (1 bytes) to be an sstable", "invalidArgument"),
        ("Invalid argument: Column family not found: PATH", "invalidArgument"),
        ("Result incomplete: Write stall PATH", "incomplete"),
        ("Resource busy: PATH", "busy"),
        ("Operation failed. Try again.: PATH", "busy"),
        ("Operation timed out: Timeout waiting to lock key: PATH", "timedOut"),
        ("Not implemented: PATH", "engine"),
        ("PATH", "engine"),
    ]

    @Test("As the engine words them", arguments: names)
    func words(_ name: String) {
        for (status, code) in Self.statuses {
            let text = status.replacing("PATH", with: "/data/\(name)/namespaces/1")
            #expect(EngineFailure.status(text).code.description == code, "\(text)")
        }
    }

    /// What is done to the files of a store that is closed.
    enum Damage: CaseIterable {
        case currentIsAFolder, currentIsGone, currentIsGarbage, manifestIsGone, tableIsGone, tableIsGarbage,
            tableIsAFolder

        func make(_ database: FilePath) throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: database.string)
            func replace(_ ending: String, _ body: (String) throws -> Void = { (_) in }) throws {
                for name in names where name == ending || name.hasPrefix(ending) || name.hasSuffix(ending) {
                    let path = database.appending(name).string
                    try FileManager.default.removeItem(atPath: path)
                    try body(path)
                }
            }
            func folder(_ path: String) throws {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            }
            func garbage(_ path: String) throws {
                try Data(repeating: 0x5A, count: 3000).write(to: URL(filePath: path))
            }
            switch self {
            case .currentIsAFolder: try replace("CURRENT", folder)
            case .currentIsGone: try replace("CURRENT")
            case .currentIsGarbage: try replace("CURRENT", garbage)
            case .manifestIsGone: try replace("MANIFEST-")
            case .tableIsGone: try replace(".sst")
            case .tableIsGarbage: try replace(".sst", garbage)
            case .tableIsAFolder: try replace(".sst", folder)
            }
        }
    }

    /// The codes of what fails when a damaged store of that name is opened and read.
    private func codes(_ name: String, _ damage: Damage) throws -> [String] {
        try withTemporaryFolder { folder in
            let path = folder.appending(name.replacing("/", with: " "))
            try withStore(at: path) { store in
                let namespace = try store.createNamespace("n")
                for number in 0..<100 { try namespace.put("\(number)", "value") }
                try namespace.flush()
            }
            try damage.make(path.database())
            var codes: [String] = []
            func note(_ body: () throws -> Void) {
                do {
                    try body()
                    codes.append("none")
                } catch {
                    codes.append((error as? StoreError)?.code.description ?? "\(error)")
                }
            }
            note {
                let store = try Store.open(at: path, configuration: .tiny)
                note { _ = try store.namespace("n").get("7") }
                note { _ = try store.namespace("n").entries().collect() }
                note { try store.namespace("n").compact() }
                note { _ = try Store.open(at: path, configuration: .tiny) }
                try? store.close()
            }
            return codes
        }
    }

    @Test("As they happen", arguments: Damage.allCases)
    func damaged(_ damage: Damage) throws {
        let expected = try codes("plain", damage)
        for name in Self.names[..<4] + Self.names.suffix(3) { #expect(try codes(name, damage) == expected, "\(name)") }
    }

    @Test("A load into a folder of such a name works, and one that cannot be written says why", arguments: names)
    func loads(_ name: String) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending(name.replacing("/", with: " "))
            try withStore(at: path) { store in
                let namespace = try store.createNamespace("n")
                for number in 0..<3 {
                    try namespace.put("k\(number)", "old")
                    try namespace.ingest((0..<10).map { (key: "k\($0)", value: "new") })
                    #expect(try namespace.get("k\(number)") == "new".bytes)
                }
            }
        }
    }
}
