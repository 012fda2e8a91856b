// Written by hand so that a tuning outlives the versions of the library: a field that is missing, because it came
// later, has its documented value, and one that is not known is passed over. `nil` is written, since it is not the same
// as missing.
extension Tuning {
    private enum Key: String, CodingKey {
        case durability, blockCacheCapacity, memtableSize, maxMemtables, level0CompactionTrigger, level0SlowdownTrigger,
            level0StopTrigger, maxConcurrentCompactions, bytesPerSync, maxOpenFiles, compression, bottommostCompression,
            bloomBitsPerKey, dataBlockHashIndex, blockRestartInterval, memtableInsertHints,
            pipelinedWrites, walRetention, walRetentionSize
    }

    /// Reads what ``encode(to:)`` wrote, also that of an earlier or later version of the library. What is missing is as
    /// ``namespace`` has it.
    ///
    /// - Throws: `DecodingError` for a field of another type. A field that is missing or unknown is not an error.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        var tuning = Tuning.namespace
        func read<Value: Decodable>(_ field: WritableKeyPath<Tuning, Value>, _ key: Key) throws {
            if values.contains(key) { tuning[keyPath: field] = try values.decode(Value.self, forKey: key) }
        }
        try read(\.durability, .durability)
        try read(\.blockCacheCapacity, .blockCacheCapacity)
        try read(\.memtableSize, .memtableSize)
        try read(\.maxMemtables, .maxMemtables)
        try read(\.level0CompactionTrigger, .level0CompactionTrigger)
        try read(\.level0SlowdownTrigger, .level0SlowdownTrigger)
        try read(\.level0StopTrigger, .level0StopTrigger)
        try read(\.maxConcurrentCompactions, .maxConcurrentCompactions)
        try read(\.bytesPerSync, .bytesPerSync)
        try read(\.maxOpenFiles, .maxOpenFiles)
        try read(\.compression, .compression)
        try read(\.bottommostCompression, .bottommostCompression)
        try read(\.bloomBitsPerKey, .bloomBitsPerKey)
        try read(\.dataBlockHashIndex, .dataBlockHashIndex)
        try read(\.blockRestartInterval, .blockRestartInterval)
        try read(\.memtableInsertHints, .memtableInsertHints)
        try read(\.pipelinedWrites, .pipelinedWrites)
        try read(\.walRetention, .walRetention)
        try read(\.walRetentionSize, .walRetentionSize)
        self = tuning
    }

    /// Writes every field by its name.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(durability, forKey: .durability)
        try values.encode(blockCacheCapacity, forKey: .blockCacheCapacity)
        try values.encode(memtableSize, forKey: .memtableSize)
        try values.encode(maxMemtables, forKey: .maxMemtables)
        try values.encode(level0CompactionTrigger, forKey: .level0CompactionTrigger)
        try values.encode(level0SlowdownTrigger, forKey: .level0SlowdownTrigger)
        try values.encode(level0StopTrigger, forKey: .level0StopTrigger)
        try values.encode(maxConcurrentCompactions, forKey: .maxConcurrentCompactions)
        try values.encode(bytesPerSync, forKey: .bytesPerSync)
        try values.encode(maxOpenFiles, forKey: .maxOpenFiles)
        try values.encode(compression, forKey: .compression)
        try values.encode(bottommostCompression, forKey: .bottommostCompression)
        try values.encode(bloomBitsPerKey, forKey: .bloomBitsPerKey)
        try values.encode(dataBlockHashIndex, forKey: .dataBlockHashIndex)
        try values.encode(blockRestartInterval, forKey: .blockRestartInterval)
        try values.encode(memtableInsertHints, forKey: .memtableInsertHints)
        try values.encode(pipelinedWrites, forKey: .pipelinedWrites)
        try values.encode(walRetention, forKey: .walRetention)
        try values.encode(walRetentionSize, forKey: .walRetentionSize)
    }
}
