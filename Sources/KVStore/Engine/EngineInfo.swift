/// Which RocksDB this program runs on, and how it was built: what decides most of the speed.
package struct EngineInfo: Sendable, Hashable, Codable {
    /// RocksDB's version, for example `7.8.3`.
    package let version: String
    /// Whether it is linked into the program, which costs a quarter less CPU per operation than the shared library.
    package let isStatic: Bool
    /// Whether the engine checks itself with assertions, as Debian's build does. A build without them needs half the
    /// CPU per operation or less.
    package let assertionsEnabled: Bool
    /// Whether checksums are computed by the processor's own instruction.
    package let hardwareCRC32C: Bool
    /// The compressions that it can read and write, by RocksDB's names: `Snappy`, `LZ4`, `ZSTD`...
    package let compressions: [String]

    /// How it was built, in a word: `debian-static`, `debian-shared`, `release-static` or `release-shared`.
    ///
    /// A build with assertions is called Debian's, whoever made it.
    package var build: String {
        (assertionsEnabled ? "debian" : "release") + (isStatic ? "-static" : "-shared")
    }

    /// Whether a build exists that is a good deal faster.
    package var isSlowBuild: Bool { assertionsEnabled || !hardwareCRC32C }

    /// Finds out, once per process: opens an empty database in the folder for temporary files and reads what the engine
    /// says of itself.
    ///
    /// - Throws: `.ioError` when no such database can be made.
    package static func current() throws(StoreError) -> EngineInfo { try EngineProbe.result.get() }
}
