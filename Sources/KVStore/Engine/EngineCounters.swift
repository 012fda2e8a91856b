internal import CRocksDB

/// What the engine counts in all databases of a store together.
///
/// Read as text, in which all versions name what they count. Newer ones' C API tells numbers too, but asks for them by
/// others, which mean something else from version to version.
final class EngineCounters: @unchecked Sendable {  // the engine's counters are made to be shared
    /// Options to be copied by those of the databases, which count with these then.
    let options: OpaquePointer

    init() {
        options = rocksdb_options_create_copy(DatabaseOptions.defaults)
        rocksdb_options_enable_statistics(options)
    }

    deinit { rocksdb_options_destroy(options) }

    func read() -> EngineStatistics {
        guard let text = rocksdb_options_statistics_get_string(options) else { return EngineStatistics(parsing: "") }
        defer { rocksdb_free(text) }
        return EngineStatistics(parsing: String(cString: text))
    }
}
