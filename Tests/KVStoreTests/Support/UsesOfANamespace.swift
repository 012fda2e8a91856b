import KVStore

/// Every call of a namespace, for tests of what must refuse them all.
let usesOfANamespace: [(name: String, use: @Sendable (Namespace) throws -> Void)] = [
    ("put", { try $0.put("key", "value") }),
    ("synced put", { try $0.put("key", "value", durability: .synced) }),
    ("unlogged put", { try $0.put("key", "value", durability: .unlogged) }),
    ("delete", { try $0.delete("key") }),
    ("deleteRange", { try $0.deleteRange(.prefix("k")) }),
    ("deleteRange without a bound", { try $0.deleteRange(.all) }),
    ("write", { try $0.write { $0.put("key", "value") } }),
    (
        "commit",
        {
            var batch = WriteBatch()
            batch.put("key", "value")
            try $0.commit(batch)
        }
    ),
    ("ingest", { try $0.ingest([(key: "other", value: "value")]) }),
    ("transaction", { try $0.transaction { try $0.put("key", "value") } }),
    ("update", { try $0.update { $0.put("key", "value") } }),
    ("get", { _ = try $0.get("key") }),
    ("contains", { _ = try $0.contains("key") }),
    ("pinned", { _ = try $0.pinned("key") }),
    ("withValue", { _ = try $0.withValue(for: "key") { $0.byteCount } }),
    ("getMany", { _ = try $0.getMany(["key", "other"]) }),
    ("cursor", { _ = try $0.cursor(.all) }),
    ("entries", { _ = try $0.entries().collect() }),
    ("snapshot", { _ = try $0.snapshot() }),
    ("sync", { try $0.sync() }),
    ("flush", { try $0.flush() }),
    ("compact", { try $0.compact() }),
    ("reopen", { try $0.reopen() }),
    ("verify", { _ = try $0.verify() }),
    ("latestSequence", { _ = try $0.latestSequence }),
    ("property", { _ = try $0.property("rocksdb.stats") }),
    ("approximateSize", { _ = try $0.approximateSize() }),
    ("approximateCount", { _ = try $0.approximateCount }),
]
