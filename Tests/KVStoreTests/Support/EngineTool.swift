import Foundation
import SystemPackage
import Testing

@testable import KVStore

/// The engine's own tools: what `scripts/build-rocksdb.sh --version` built with it, else Debian's, from the package
/// rocksdb-tools. Of another version than the engine's they may not read its files.
enum EngineTool {
    static let areInstalled: Bool = {
        let missing = ["ldb", "sst_dump"].filter { !FileManager.default.isExecutableFile(atPath: path($0)) }
        if !missing.isEmpty {
            print("skipped: \(missing) not installed (Debian: rocksdb-tools)")
            return false
        }
        // "ldb from RocksDB 7.8.3"
        let said = (try? output("ldb", ["--version"]).text) ?? ""
        let version = said.split { $0 == " " || $0 == "\n" }.last.map(String.init) ?? "unknown"
        let engine = EngineFeatures.version?.description ?? "unknown"
        if version != engine { print("skipped: \(path("ldb")) is of RocksDB \(version), the engine is \(engine)") }
        return version == engine
    }()

    private static func path(_ name: String) -> String {
        let engine = EngineFeatures.version.map { "\($0.major).\($0.minor)" } ?? "unknown"
        let built = TestPackage.folder.appending(".rocksdb/\(engine)/bin/\(name)").string
        return FileManager.default.isExecutableFile(atPath: built) ? built : "/usr/bin/\(name)"
    }

    /// One version of a key in a table file.
    struct Version {
        let key: Substring
        let value: Substring
        let sequence: UInt64
        /// RocksDB's `ValueType`: 0 for a deletion, 1 for a value, 2 for a merge operand.
        let type: Int

        /// As ldb lists it.
        var line: String { "0x\(key) : 0x\(value)" }
    }

    /// The lines that ldb prints for the entries of a namespace.
    static func scan(_ database: FilePath, family: UInt64) throws -> [String] {
        var arguments = ["--db=\(database.string)", "scan", "--hex"]
        if Store.Layout.underTest == .singleDatabase { arguments.append("--column_family=\(family)") }
        // Newer ones have an arrow between key and value.
        return try run("ldb", arguments).map { $0.replacing(" ==> ", with: " : ") }
    }

    /// All that sst_dump lists in the table files of a database.
    static func tableEntries(_ database: FilePath) throws -> [Version] {
        // 'KEY' seq:12, type:1 => VALUE
        let pattern = /'(?<key>[0-9A-F]*)' seq:(?<sequence>[0-9]+), type:(?<type>[0-9]+) => (?<value>[0-9A-F]*)/
        return try run("sst_dump", ["--file=\(database.string)", "--command=scan", "--output_hex"])
            .compactMap { line in
                guard line.hasPrefix("'") else { return nil }
                let match = try #require(line.wholeMatch(of: pattern), "\(line)").output
                return Version(
                    key: match.key, value: match.value, sequence: try #require(UInt64(match.sequence)),
                    type: try #require(Int(match.type)))
            }
    }

    /// Checks the checksums of the table files of a database.
    static func verify(_ database: FilePath) throws {
        let lines = try run("sst_dump", ["--file=\(database.string)", "--command=verify"])
        #expect(!lines.contains { $0.localizedCaseInsensitiveContains("corrupt") }, "\(lines)")
    }

    /// - Returns: the lines of its output; it has to succeed.
    private static func run(_ name: String, _ arguments: [String]) throws -> [String] {
        let (status, text) = try output(name, arguments)
        #expect(status == 0, "\(name) \(arguments)")
        return text.split(separator: "\n").map(String.init)
    }

    private static func output(_ name: String, _ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: path(name))
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
