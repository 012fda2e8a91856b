import KVStore

/// The documented tuning with other options of the engine on top.
struct TuningVariant {
    let name: String
    /// The options as the engine writes them.
    var options: String?
    var bloomBits = Tuning.namespace.bloomBitsPerKey

    static let all = [
        TuningVariant(name: "documented"),
        // What the place in memory and in the turn makes: no difference should be.
        TuningVariant(name: "documented, again"),
        TuningVariant(name: "no filters", bloomBits: 0),
        TuningVariant(name: "bloom filters of 16 bits", bloomBits: 16),
        table("ribbon filters", "filter_policy=ribbonfilter:10"),
        table("no hash index", "data_block_index_type=kDataBlockBinarySearch"),
        table("restart interval 8", "block_restart_interval=8"),
        table("restart interval 4", "block_restart_interval=4"),
        table("blocks of 8 KiB", "block_size=8192"),
        table("blocks of 16 KiB", "block_size=16384"),
        table("XXH3 checksums", "checksum=kXXH3"),
        table("index and filters in the cache", "cache_index_and_filter_blocks=true"),
        table(
            "in parts in the cache",
            "index_type=kTwoLevelIndexSearch;partition_filters=true;cache_index_and_filter_blocks=true"),
        TuningVariant(name: "no compression", options: "compression=kNoCompression"),
        TuningVariant(name: "LZ4", options: "compression=kLZ4Compression"),
    ]

    private static func table(_ name: String, _ options: String) -> TuningVariant {
        TuningVariant(name: name, options: "block_based_table_factory={\(options)}")
    }
}
