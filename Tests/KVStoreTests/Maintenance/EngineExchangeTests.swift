import Foundation
import SystemPackage
import Testing

@testable import KVStore

/// Stores that go from one engine to another, by way of the helper process of this build and of those of the builds
/// beside it, which `scripts/test.sh --engine` leaves.
@Suite("Stores go from one engine to another", .enabled(if: !Exchange.others.isEmpty, "no other engine is built"))
struct EngineExchangeTests {
    @Test("What an older engine wrote is read, and written on, by a newer one", arguments: Exchange.others)
    func upgrade(_ other: Exchange.Build) throws {
        let (older, newer) = other.version < Exchange.own.version ? (other, Exchange.own) : (Exchange.own, other)
        try withTemporaryFolder { (folder) throws in
            let store = folder.appending("store").string
            #expect(try older.run("write-for-exchange", store) == [])
            #expect(try newer.run("read-for-exchange", store) == Exchange.contents())
        }
    }

    @Test("What a newer engine wrote is read by an older one, or refused for what it is", arguments: Exchange.others)
    func downgrade(_ other: Exchange.Build) throws {
        let (older, newer) = other.version < Exchange.own.version ? (other, Exchange.own) : (Exchange.own, other)
        try withTemporaryFolder { (folder) throws in
            let store = folder.appending("store").string
            #expect(try newer.run("write-for-exchange", store) == [])
            let said = try older.run("read-for-exchange", store)
            if older.readsFilesOf(newer) {
                #expect(try said == Exchange.contents())
            } else {
                #expect(said.count == 1)
                #expect(said.first?.contains("(formatTooNew): a newer version of RocksDB wrote") == true, "\(said)")
            }
            // Nothing was taken from it.
            #expect(try newer.run("read-for-exchange", store).count == 2)
        }
    }
}

enum Exchange {
    /// What is said of a store, before and after it was written on, that does not go anywhere.
    static func contents() throws -> [String] {
        try withTemporaryFolder { (folder) throws in
            let store = folder.appending("store").string
            #expect(try own.run("write-for-exchange", store) == [])
            let said = try own.run("read-for-exchange", store)
            #expect(said.count == 2 && said.allSatisfy { $0.contains("merging 10 ") }, "\(said)")
            return said
        }
    }

    struct Build: CustomTestStringConvertible, CustomStringConvertible {
        let version: EngineVersion
        let program: FilePath

        var description: String { "\(version)" }
        var testDescription: String { description }

        /// From 8.6 on engines read what 9 writes.
        func readsFilesOf(_ newer: Build) -> Bool { newer.version.major < 9 || version >= EngineVersion(8, 6, 0) }

        func run(_ arguments: String...) throws -> [String] { try Exchange.run(program, arguments) }
    }

    /// What this build has.
    static let own = Build(
        version: EngineFeatures.version ?? .debian12, program: TestPackage.programs.appending("MaintenanceProcess"))

    /// What the other builds of the package here have, with other engines; only those of the sources as they are.
    static let others: [Build] = {
        let package = TestPackage.folder
        let sources = package.appending("Sources")
        let changed = (FileManager.default.enumerator(atPath: sources.string)?.allObjects ?? []).compactMap {
            ($0 as? String).flatMap { time(of: sources.appending($0)) }
        }
        let folders = (try? package.names().filter { $0.hasPrefix(".build-test") }) ?? []
        return folders.compactMap { name in
            let program = package.appending("\(name)/debug/MaintenanceProcess")
            guard let built = time(of: program), let said = try? run(program, ["engine", "-"]).first,
                let version = EngineVersion(said), version != own.version
            else { return nil }
            guard changed.allSatisfy({ $0 < built }) else {
                print("not exchanged with RocksDB \(version): \(name) was built before the sources were changed")
                return nil
            }
            return Build(version: version, program: program)
        }
    }()

    private static func time(of file: FilePath) -> Date? {
        try? FileManager.default.attributesOfItem(atPath: file.string)[.modificationDate] as? Date
    }

    private static func run(_ program: FilePath, _ arguments: [String]) throws -> [String] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program.string)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").map(String.init)
    }
}

extension EngineVersion {
    /// - Parameter text: as `9.11.2`.
    fileprivate init?(_ text: String) {
        let parts = text.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        self.init(parts[0], parts[1], parts[2])
    }
}
