import Foundation
import KVStore
import SystemPackage
import Testing

/// An archive in `Tests/Fixtures`: a store that an earlier version of the library wrote, as it was closed and as it was
/// killed, and a folder with backups of it.
struct KeptStore: CustomTestStringConvertible {
    /// Which library and engine wrote it: the name of its folder.
    let version: String
    let layout: Store.Layout

    var testDescription: String { "\(version), \(layout)" }

    static let root: FilePath = {
        let file = FilePath(#filePath)
        return file.removingLastComponent().removingLastComponent().removingLastComponent().appending("Fixtures")
    }()

    /// Those of a layout that the engine which is linked can read: none that a newer one wrote.
    static func all(_ layout: Store.Layout) throws -> [KeptStore] {
        let linked = try EngineInfo.current().version
        return try root.names().map { KeptStore(version: $0, layout: layout) }
            .filter { $0.archive.exists && $0.engine.compare(linked, options: .numeric) != .orderedDescending }
    }

    /// The version of the engine that wrote it.
    private var engine: String { version.components(separatedBy: "-rocksdb-").last ?? "" }

    var folder: FilePath { Self.root.appending(version) }
    var archive: FilePath { folder.appending("\(layout.rawValue).tar.xz") }
    static let descriptionFile = "content.json"

    /// How it was tuned when it was written, but for memtables, and what its namespaces need.
    ///
    /// - Parameter now: milliseconds since 1970.
    static func configuration(at now: Int) -> StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        configuration.layout = nil
        configuration.mergeOperators = [longest]
        configuration.timeToLiveClock = { Timestamp(nanoseconds: Int64(now) * 1_000_000) }
        return configuration
    }

    /// The merge operator of an application.
    static let longest = MergeOperator("kept.longest") { earlier, later in
        let bytes = later.byteCount > earlier.byteCount ? later : earlier
        return bytes.withUnsafeBytes { Array($0) }
    }

    /// Runs `body` with a copy of what is in the archive, and what that has to hold.
    func withCopy<Result>(_ body: (_ folder: FilePath, KeptDescription) throws -> Result) throws -> Result {
        try withTemporaryFolder { target in
            try Self.tar(["-xJf", archive.string, "-C", target.string])
            return try body(target, KeptDescription(readFrom: folder.appending(Self.descriptionFile)))
        }
    }

    static func tar(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["tar"] + arguments
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "tar \(arguments); it needs xz (Debian: xz-utils)")
    }
}

/// Expects a store to hold what a description says, by every way to read.
func expectContent(
    of store: Store, _ content: KeptContent, at now: Int, at location: SourceLocation = #_sourceLocation
) throws {
    func compare(_ namespace: Namespace, _ expected: [(key: [UInt8], value: [UInt8])]) throws {
        let name = "\(namespace.name)"
        let keys = expected.map(\.key)
        let values = expected.map(\.value)
        let found = try namespace.entries().collect()
        #expect(found.map(\.key) == keys, "\(name)", sourceLocation: location)
        #expect(found.map(\.value) == values, "\(name)", sourceLocation: location)
        let backwards = try namespace.entries(reversed: true).collect()
        #expect(backwards == found.reversed(), "\(name)", sourceLocation: location)
        #expect(try namespace.getMany(keys) == values, "\(name)", sourceLocation: location)
        for (key, value) in expected {
            #expect(try namespace.get(key) == value, "\(name) \(key)", sourceLocation: location)
        }
    }
    try compare(store.metadata, KeptContent.ordered(content.metadata))
    let infos = try store.namespaces()
    #expect(infos.map(\.name) == content.namespaces.keys.sorted(), sourceLocation: location)
    for info in infos {
        guard let space = content.namespaces[info.name] else { continue }
        #expect(info.id == space.id, "\(info.name)", sourceLocation: location)
        #expect(info.mergeOperator == space.mergeOperator, "\(info.name)", sourceLocation: location)
        #expect(info.timeToLive == space.timeToLive.map { .milliseconds($0) }, sourceLocation: location)
        #expect(info.attributes == space.attributes, "\(info.name)", sourceLocation: location)
        #expect((info.tuning == nil) == (space.tuning == nil), "\(info.name)", sourceLocation: location)
        for (field, value) in space.tuning ?? [:] {
            #expect(info.tuning?.field(field) == value, "\(info.name) \(field)", sourceLocation: location)
        }
        try compare(store.namespace(info.name), content.entries(of: info.name, at: now))
    }
    for name in content.missing {
        expectError(.namespaceNotFound, at: location) { try store.namespace(name) }
    }
}

extension Tuning {
    /// A field as a description of a kept store has it.
    func field(_ name: String) -> String? {
        switch name {
        case "bloomBitsPerKey": "\(bloomBitsPerKey)"
        case "bottommostCompression": bottommostCompression?.rawValue ?? "nil"
        case "blockRestartInterval": "\(blockRestartInterval)"
        case "compression": compression.rawValue
        case "dataBlockHashIndex": "\(dataBlockHashIndex)"
        case "durability": "\(durability)"
        case "level0SlowdownTrigger": level0SlowdownTrigger.map { "\($0)" } ?? "nil"
        case "maxOpenFiles": maxOpenFiles.map { "\($0)" } ?? "nil"
        case "memtableSize": "\(memtableSize.bytes)"
        case "walRetention": walRetention.map { "\($0.components.seconds)" } ?? "nil"
        default: nil
        }
    }
}
