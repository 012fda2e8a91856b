internal import SystemPackage

/// The list of namespaces, in the metadata database. Every change is synced before it counts.
///
/// Keys: `namespace/<name>` for what exists, `creating/<id>` and `dropped/<id>` for what was under way, `promised/<id>`
/// for what a namespace's database must not fall behind, `next-id`. The intentions are what makes
/// creating and dropping whole after a crash: see ``Store/recoverNamespaces()``.
struct NamespaceCatalog: Sendable {
    let slot: KeyspaceSlot

    private static let namespaces = "namespace/"
    private static let creating = "creating/"
    private static let dropped = "dropped/"
    private static let promised = "promised/"
    private static let nextID = "next-id"

    /// The entry of a namespace, nil if there is none of that name.
    func find(_ name: String, _ operation: StoreError.Operation) throws(StoreError) -> NamespaceRecord? {
        guard let bytes = try get(Self.namespaces + name, operation) else { return nil }
        return try NamespaceRecord(bytes, path: slot.context.path)
    }

    /// All entries, ordered by name.
    func all() throws(StoreError) -> [NamespaceRecord] { try records(Self.namespaces, .namespaces) }

    /// Notes the intention to create a namespace and gives it the next number that is free.
    func beginCreating(
        _ name: String, _ options: NamespaceOptions = NamespaceOptions(), isFree: (UInt64) -> Bool = { _ in true }
    ) throws(StoreError) -> NamespaceRecord {
        var id = try get(Self.nextID, .createNamespace).flatMap { UInt64(String(decoding: $0, as: UTF8.self)) } ?? 1
        while !isFree(id) { id += 1 }
        let record = NamespaceRecord(name: name, id: id, options: options)
        var batch = WriteBatch()
        batch.put(Self.nextID, String(id + 1))
        batch.put(Self.creating + String(id), try record.bytes)
        try commit(batch, .createNamespace)
        return record
    }

    func finishCreating(_ record: NamespaceRecord) throws(StoreError) {
        var batch = WriteBatch()
        batch.delete(Self.creating + String(record.id))
        batch.put(Self.namespaces + record.name, try record.bytes)
        try commit(batch, .createNamespace)
    }

    func abandonCreating(_ record: NamespaceRecord) throws(StoreError) {
        var batch = WriteBatch()
        batch.delete(Self.creating + String(record.id))
        try commit(batch, .createNamespace)
    }

    func beginDropping(_ record: NamespaceRecord) throws(StoreError) {
        var batch = WriteBatch()
        batch.delete(Self.namespaces + record.name)
        batch.put(Self.dropped + String(record.id), try record.bytes)
        try commit(batch, .dropNamespace)
    }

    func finishDropping(_ record: NamespaceRecord) throws(StoreError) {
        var batch = WriteBatch()
        batch.delete(Self.promised + String(record.id))
        batch.delete(Self.dropped + String(record.id))
        try commit(batch, .dropNamespace)
    }

    /// What a namespace's database was last known to have on disk.
    func promise(_ id: UInt64) throws(StoreError) -> DurablePromise {
        let bytes = try get(Self.promised + String(id), .open)
        return DurablePromise(String(decoding: bytes ?? [], as: UTF8.self))
    }

    /// Notes what databases, by their ids, have on disk.
    func setPromises(_ promises: [UInt64: DurablePromise]) throws(StoreError) {
        guard !promises.isEmpty else { return }
        var batch = WriteBatch()
        for (id, promise) in promises { batch.put(Self.promised + String(id), promise.text) }
        try commit(batch, .sync)
    }

    /// Replaces the entry of a namespace.
    func change(_ record: NamespaceRecord, _ operation: StoreError.Operation) throws(StoreError) {
        var batch = WriteBatch()
        batch.put(Self.namespaces + record.name, try record.bytes)
        try commit(batch, operation)
    }

    func unfinishedCreations() throws(StoreError) -> [NamespaceRecord] { try records(Self.creating, .open) }

    func unfinishedDrops() throws(StoreError) -> [NamespaceRecord] { try records(Self.dropped, .open) }

    private func get(_ key: String, _ operation: StoreError.Operation) throws(StoreError) -> [UInt8]? {
        try slot.withKeyspace(operation) { (keyspace) throws(EngineFailure) in
            try keyspace.get(key.utf8.span.bytes)?.copy()
        }
    }

    private func commit(_ batch: WriteBatch, _ operation: StoreError.Operation) throws(StoreError) {
        _ = try slot.withKeyspace(operation) { (keyspace) throws(EngineFailure) in
            try keyspace.write(batch, .synced)
        }
    }

    /// How many namespaces there are.
    func count() throws(StoreError) -> Int {
        var count = 0
        try forEach(Self.namespaces, .open) { _ in count += 1 }
        return count
    }

    private func records(
        _ prefix: String, _ operation: StoreError.Operation
    ) throws(StoreError) -> [NamespaceRecord] {
        var values: [[UInt8]] = []
        try forEach(prefix, operation) { values.append(Array($0)) }
        var records: [NamespaceRecord] = []
        for bytes in values { records.append(try NamespaceRecord(bytes, path: slot.context.path)) }
        return records
    }

    private func forEach(
        _ prefix: String, _ operation: StoreError.Operation, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(StoreError) {
        try slot.withKeyspace(operation) { (keyspace) throws(EngineFailure) in
            let iterator = EngineIterator(keyspace, ReadOptions(range: .prefix(prefix), rangeDeletions: false))
            iterator.seekToFirst()
            while iterator.isValid {
                body(iterator.value)
                iterator.next()
            }
            try iterator.check()
        }
    }
}
