/// How table blocks are compressed on disk: RocksDB's `compression`.
public enum Compression: String, Sendable, Hashable, CaseIterable, Codable {
    /// Not at all.
    case none
    /// Snappy, Pebble's and RocksDB's default: cheap, about half the size on text.
    case snappy
    /// LZ4: about as cheap as Snappy.
    case lz4
    /// Zstandard: smaller and dearer; a good choice for the bottommost level, which holds most of the data.
    case zstd
}
