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
    ("ingest in any order", { try $0.ingest(unsorted: [(key: "other", value: "value"), ("another", "value")]) }),
    ("transaction", { try $0.transaction { try $0.put("key", "value") } }),
    ("update", { try $0.update { $0.put("key", "value") } }),
    ("get", { _ = try $0.get("key") }),
    ("contains", { _ = try $0.contains("key") }),
    ("pinned", { _ = try $0.pinned("key") }),
    ("withValue", { _ = try $0.withValue(for: "key") { $0.byteCount } }),
    ("getMany", { _ = try $0.getMany(["key", "other"]) }),
    ("cursor", { _ = try $0.cursor(.all) }),
    ("withCursor", { _ = try $0.withCursor("k"..<"l") { try $0.next() } }),
    ("entries", { _ = try $0.entries().collect() }),
    ("snapshot", { _ = try $0.snapshot() }),
    ("sync", { try $0.sync() }),
    ("flush", { try $0.flush() }),
    ("compact", { try $0.compact() }),
    ("reopen", { try $0.reopen() }),
    ("verify", { _ = try $0.verify() }),
    ("latestSequence", { _ = try $0.latestSequence() }),
    ("property", { _ = try $0.property("rocksdb.stats") }),
    ("approximateSize", { _ = try $0.approximateSize() }),
    ("approximateCount", { _ = try $0.approximateCount() }),
    ("attributes", { _ = try $0.attributes }),
    ("setAttribute", { try $0.setAttribute("owner", to: "sales") }),
    ("setAttributes", { try $0.setAttributes(["owner": "sales"]) }),
    ("tuning", { _ = try $0.tuning }),
    ("setTuning", { try $0.setTuning(nil) }),
    ("statistics", { _ = try $0.statistics() }),
    ("changeRetention", { _ = try $0.changeRetention }),
    ("setChangeRetention", { try $0.setChangeRetention(ChangeRetention()) }),
    (
        "consumer",
        {
            let consumer = try $0.consumer(nameOfAConsumer())
            try consumer.acknowledge(try consumer.position())
            try consumer.move(to: 0)
            try $0.removeConsumer(consumer.name)
        }
    ),
    ("consumers", { _ = try $0.consumers() }),
    ("removeConsumer", { try $0.removeConsumer("nobody") }),
    ("merge", { try $0.merge("key", MergeOperator.number(1)) }),
    ("merge in a batch", { try $0.write { $0.merge("key", MergeOperator.number(1)) } }),
]

/// The same for the async forms.
let asyncUsesOfANamespace: [(name: String, use: @Sendable (Namespace) async throws -> Void)] = [
    ("put", { try await $0.put("key", "value") }),
    ("synced put", { try await $0.put("key", "value", durability: .synced) }),
    ("unlogged put", { try await $0.put("key", "value", durability: .unlogged) }),
    ("delete", { try await $0.delete("key") }),
    ("deleteRange", { try await $0.deleteRange(.prefix("k")) }),
    ("deleteRange without a bound", { try await $0.deleteRange(.all) }),
    ("write", { try await $0.write { $0.put("key", "value") } }),
    ("write that deletes a range", { try await $0.write { $0.deleteRange(.prefix("k")) } }),
    (
        "commit",
        {
            var batch = WriteBatch()
            batch.put("key", "value")
            try await $0.commit(batch)
        }
    ),
    ("ingest", { try await $0.ingest([(key: "other", value: "value")]) }),
    ("ingest in any order", { try await $0.ingest(unsorted: [(key: "other", value: "value"), ("a", "value")]) }),
    ("transaction", { try await $0.transaction { try $0.put("key", "value") } }),
    ("update", { try await $0.update { $0.put("key", "value") } }),
    ("get", { _ = try await $0.get("key") }),
    ("contains", { _ = try await $0.contains("key") }),
    ("pinned", { _ = try await $0.pinned("key") }),
    ("withValue", { _ = try await $0.withValue(for: "key") { $0.byteCount } }),
    ("getMany", { _ = try await $0.getMany(["key", "other"]) }),
    ("withCursor", { _ = try await $0.withCursor { try $0.next() } }),
    ("withCursor of a range", { _ = try await $0.withCursor("k"..<"l") { try $0.next() } }),
    ("entries", { for try await _ in $0.entries() {} }),
    ("next of entries", { _ = try await $0.entries().next() }),
    ("forEach of entries", { try await $0.entries().forEach { _ in } }),
    ("collect of entries", { _ = try await $0.entries().collect() }),
    ("snapshot", { _ = try await $0.snapshot() }),
    ("latestSequence", { _ = try await $0.latestSequence() }),
    ("property", { _ = try await $0.property("rocksdb.stats") }),
    ("approximateSize", { _ = try await $0.approximateSize() }),
    ("approximateCount", { _ = try await $0.approximateCount() }),
    ("changes", { for try await _ in $0.changes(since: 0) { break } }),
    ("sync", { try await $0.sync() }),
    ("flush", { try await $0.flush() }),
    ("compact", { try await $0.compact() }),
    ("reopen", { try await $0.reopen() }),
    ("verify", { _ = try await $0.verify() }),
    ("setAttribute", { try await $0.setAttribute("owner", to: "sales") }),
    ("setAttributes", { try await $0.setAttributes(["owner": "sales"]) }),
    ("setTuning", { try await $0.setTuning(nil) }),
    ("statistics", { _ = try await $0.statistics() }),
    ("setChangeRetention", { try await $0.setChangeRetention(ChangeRetention()) }),
    (
        "consumer",
        {
            let consumer = try await $0.consumer(nameOfAConsumer())
            try await consumer.acknowledge(try await consumer.position())
            try await consumer.move(to: 0)
            try await $0.removeConsumer(consumer.name)
        }
    ),
    (
        "changes of a consumer",
        {
            let consumer = try await $0.consumer("all", startingAfter: 0)
            for try await _ in consumer.changes() { break }
        }
    ),
    ("consumers", { _ = try await $0.consumers() }),
    ("removeConsumer", { try await $0.removeConsumer("nobody") }),
    ("merge", { try await $0.merge("key", MergeOperator.number(1)) }),
]

/// Another each time: what one caller removes is no other's.
private func nameOfAConsumer() -> String { "consumer \(UInt64.random(in: 0 ... .max))" }

/// Whether the application's metadata takes such a call: what is wrong with a batch is said before anything else.
func metadataTakes(_ use: String) -> Bool { !use.hasPrefix("merge") }
