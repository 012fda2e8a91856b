import KVStore
public import SystemPackage

/// What `kvbench engine` prints: which RocksDB is linked, and the machine that it runs on.
public struct EngineReport: Codable, Sendable, Equatable {
    /// The engine's version.
    public var version: String
    /// How it was built and linked, in a word.
    public var build: String
    /// Whether it is linked statically.
    public var isStatic: Bool
    /// Whether it was built with its assertions.
    public var assertionsEnabled: Bool
    /// Whether it computes checksums with the processor's instruction.
    public var hardwareCRC32C: Bool
    /// The compressions that it was built with.
    public var compressions: [String]
    /// The processors that this process may use.
    public var cpus: Int
    /// The machine's memory.
    public var memoryBytes: Int
    /// The kernel's release.
    public var kernel: String
    /// Where synced writes were measured.
    public var data: String
    /// The median time of a synced write of 4 KiB there.
    public var syncMicroseconds: Double
    /// The Swift release.
    public var swift: String
    /// Whether a build exists that is a good deal faster.
    public var isSlowBuild: Bool

    enum CodingKeys: String, CodingKey {
        case version, build
        case isStatic = "static"
        case assertionsEnabled = "assertions"
        case hardwareCRC32C = "hardware_crc32c"
        case compressions, cpus
        case memoryBytes = "memory_bytes"
        case kernel, data
        case syncMicroseconds = "fsync_us"
        case swift
        case isSlowBuild = "slow_build"
    }

    /// Looks at the engine that is linked and measures synced writes in `directory`.
    ///
    /// - Throws: `UsageError` when the directory does not exist, cannot be written to or is a database's, and `StoreError` when the engine
    ///   does not answer.
    public init(measuringIn directory: FilePath) throws {
        try DataDirectory.refuseDatabase(directory)
        do {
            syncMicroseconds = try SyncLatency.medianMicroseconds(in: directory)
        } catch {
            throw UsageError(
                "cannot write in '\(directory)' (\(error)); name an existing directory of yours with --data")
        }
        let engine = try EngineInfo.current()
        version = engine.version
        build = engine.build
        isStatic = engine.isStatic
        assertionsEnabled = engine.assertionsEnabled
        hardwareCRC32C = engine.hardwareCRC32C
        compressions = engine.compressions
        cpus = Machine.cpus
        memoryBytes = Machine.memoryBytes
        kernel = Machine.kernel
        data = directory.string
        swift = Machine.swift
        isSlowBuild = engine.isSlowBuild
    }

    /// The report for the terminal, ended by a line break.
    public var text: String {
        let rows = [
            ("engine", "RocksDB \(version), \(build)"),
            ("linked", isStatic ? "statically" : "as a shared library"),
            ("assertions", assertionsEnabled ? "on" : "off"),
            ("CRC32C", hardwareCRC32C ? "in hardware" : "in software"),
            ("compressions", compressions.joined(separator: ", ")),
            ("synced write", "\(syncMicroseconds) us for 4 KiB in \(data)"),
            ("machine", "\(cpus) processors, \(NumberText.bytes(memoryBytes)) of memory, kernel \(kernel)"),
            ("Swift", swift),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        var lines = rows.flatMap { name, value in
            TextWrapping.lines(value, width: TextWrapping.width - width - 2).enumerated().map { index, line in
                (index == 0 ? name : "").padded(to: width) + "  " + line
            }
        }
        if isSlowBuild {
            lines.append("")
            lines += TextWrapping.lines(
                "This is a slow build of the engine (\(slowness.joined(separator: ", "))): run scripts/build-rocksdb.sh once,"
                    + " then build again, for about twice the speed.")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var slowness: [String] {
        [
            (!isStatic, "a shared library"),
            (assertionsEnabled, "assertions on"),
            (!hardwareCRC32C, "checksums in software"),
        ].filter(\.0).map(\.1)
    }
}

extension String {
    /// With blanks behind it.
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
