/// One setting of a ``Tuning``: all that the library does with settings, but to tell the engine, is done by the table of these.
struct TuningOption: Sendable {
    /// The name of the field, by which it is kept.
    let name: String
    /// What Pebble and RocksDB call it; empty for nothing.
    let pebble: @Sendable (Tuning) -> String
    let rocksDB: @Sendable (Tuning) -> String
    /// Whether a database that is open takes it.
    let appliesAtOnce: Bool
    /// Whether it is of a whole database: the store's counts where all namespaces are in one.
    let isOfDatabase: Bool
    /// Its value, for a reader.
    let text: @Sendable (Tuning) -> String
    let decode: @Sendable (KeyedDecodingContainer<Key>, inout Tuning) throws -> Void
    /// What its value looks like when a person writes it.
    let form: String
    /// Takes its value from such a text; false for one that names none.
    let parse: @Sendable (String, inout Tuning) -> Bool
    let encode: @Sendable (Tuning, inout KeyedEncodingContainer<Key>) throws -> Void
    let isSame: @Sendable (Tuning, Tuning) -> Bool
    /// Takes its value over from the first tuning.
    let copy: @Sendable (Tuning, inout Tuning) -> Void

    /// The name of a field as a key.
    struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init<Value: Codable & Equatable & Sendable & SettingText>(
        _ name: String, _ field: any WritableKeyPath<Tuning, Value> & Sendable, pebble: String = "", rocksDB: String,
        appliesAtOnce: Bool = false, isOfDatabase: Bool = false,
        text: @escaping @Sendable (Value) -> String = { "\($0)" }
    ) {
        self.init(
            name, field, pebble: { _ in pebble }, rocksDB: { _ in rocksDB }, appliesAtOnce: appliesAtOnce,
            isOfDatabase: isOfDatabase, text: text)
    }

    init<Value: Codable & Equatable & Sendable & SettingText>(
        _ name: String, _ field: any WritableKeyPath<Tuning, Value> & Sendable,
        pebble: @escaping @Sendable (Tuning) -> String, rocksDB: @escaping @Sendable (Tuning) -> String,
        appliesAtOnce: Bool = false, isOfDatabase: Bool = false,
        text: @escaping @Sendable (Value) -> String = { "\($0)" }
    ) {
        self.name = name
        self.pebble = pebble
        self.rocksDB = rocksDB
        self.appliesAtOnce = appliesAtOnce
        self.isOfDatabase = isOfDatabase
        self.text = { text($0[keyPath: field]) }
        let key = Key(stringValue: name)
        decode = { values, tuning in
            if values.contains(key) { tuning[keyPath: field] = try values.decode(Value.self, forKey: key) }
        }
        encode = { tuning, values in try values.encode(tuning[keyPath: field], forKey: key) }
        form = Value.form
        parse = { text, tuning in
            guard let value = Value(settingText: text) else { return false }
            tuning[keyPath: field] = value
            return true
        }
        copy = { $1[keyPath: field] = $0[keyPath: field] }
        isSame = { $0[keyPath: field] == $1[keyPath: field] }
    }

    /// Every setting, in the order of the tables that readers see.
    static let all: [TuningOption] = [
        TuningOption(
            "durability", \.durability, pebble: { $0.durability == .synced ? "Sync" : "NoSync" },
            rocksDB: { _ in "WriteOptions.sync" }, appliesAtOnce: true, text: \.rawValue),
        TuningOption("blockCacheCapacity", \.blockCacheCapacity, pebble: "Cache", rocksDB: "block_cache"),
        TuningOption(
            "valueCache", \.valueCache, rocksDB: "", text: { $0.map { "\($0)" } ?? "none" }),
        TuningOption(
            "commitBuffer", \.commitBuffer, rocksDB: "", isOfDatabase: true, text: { $0.map { "\($0)" } ?? "none" }),
        TuningOption(
            "memtableSize", \.memtableSize, pebble: "MemTableSize", rocksDB: "write_buffer_size", appliesAtOnce: true),
        TuningOption(
            "maxMemtables", \.maxMemtables, pebble: "MemTableStopWritesThreshold", rocksDB: "max_write_buffer_number",
            appliesAtOnce: true),
        TuningOption(
            "level0CompactionTrigger", \.level0CompactionTrigger, pebble: "L0CompactionThreshold",
            rocksDB: "level0_file_num_compaction_trigger", appliesAtOnce: true),
        TuningOption(
            "level0SlowdownTrigger", \.level0SlowdownTrigger, rocksDB: "level0_slowdown_writes_trigger",
            appliesAtOnce: true, text: { $0.map(String.init) ?? "engine's" }),
        TuningOption(
            "level0StopTrigger", \.level0StopTrigger, pebble: "L0StopWritesThreshold",
            rocksDB: "level0_stop_writes_trigger", appliesAtOnce: true),
        TuningOption(
            "maxConcurrentCompactions", \.maxConcurrentCompactions, pebble: { _ in "MaxConcurrentCompactions" },
            rocksDB: { "max_background_jobs = \($0.maxConcurrentCompactions + 1)" }, isOfDatabase: true),
        TuningOption(
            "bytesPerSync", \.bytesPerSync, pebble: "BytesPerSync", rocksDB: "bytes_per_sync", isOfDatabase: true),
        TuningOption(
            "maxOpenFiles", \.maxOpenFiles, pebble: "MaxOpenFiles", rocksDB: "max_open_files", isOfDatabase: true,
            text: { $0.map(String.init) ?? "all" }),
        TuningOption(
            "compression", \.compression, pebble: "Compression", rocksDB: "compression", appliesAtOnce: true,
            text: \.rawValue),
        TuningOption(
            "bottommostCompression", \.bottommostCompression, rocksDB: "bottommost_compression", appliesAtOnce: true,
            text: { $0?.rawValue ?? "same" }),
        TuningOption("bloomBitsPerKey", \.bloomBitsPerKey, rocksDB: "filter_policy"),
        TuningOption("dataBlockHashIndex", \.dataBlockHashIndex, rocksDB: "data_block_index_type"),
        TuningOption("blockRestartInterval", \.blockRestartInterval, rocksDB: "block_restart_interval"),
        TuningOption(
            "memtableInsertHints", \.memtableInsertHints, rocksDB: "memtable_insert_with_hint_prefix_extractor"),
        TuningOption("pipelinedWrites", \.pipelinedWrites, rocksDB: "enable_pipelined_write", isOfDatabase: true),
        TuningOption(
            "walRetention", \.walRetention, rocksDB: "WAL_ttl_seconds", isOfDatabase: true,
            text: { $0.map { "\($0)" } ?? "none" }),
        TuningOption(
            "walRetentionSize", \.walRetentionSize, rocksDB: "WAL_size_limit_MB", isOfDatabase: true,
            text: { $0.map { "\($0)" } ?? "none" }),
    ]
}

extension Tuning {
    /// The tuning of a namespace that was given this one, in a database that has another.
    func inDatabase(_ database: Tuning) -> Tuning {
        var tuning = self
        for option in TuningOption.all where option.isOfDatabase { option.copy(database, &tuning) }
        return tuning
    }

    /// The names of the settings that a namespace with this tuning does not get in a database that has another.
    func ignored(inDatabase database: Tuning) -> [String] {
        TuningOption.all.filter { $0.isOfDatabase && !$0.isSame(self, database) }.map(\.name)
    }
}
