extension Store {
    /// What the engine has counted and timed in all databases of the store, the metadata among them, since the store was
    /// opened; `nil` unless ``StoreConfiguration/collectsEngineStatistics`` was set.
    ///
    /// Cheap, and opens nothing. What is counted while this runs may be in some of the numbers and not in others. They
    /// stay when the store is closed. RocksDB: `statistics`.
    public var engineStatistics: EngineStatistics? { opener.counters?.read() }
}
