internal import SystemPackage

/// The list of namespaces, in the metadata database. Every change is synced before it counts.
///
/// Keys: `namespace/<name>` for what exists, `creating/<id>` and `dropped/<id>` for what was under way, `promised/<id>`
/// for what a namespace's database must not fall behind, `used/<id>` for when it was last used, `consumer/<id>/<name>` for
/// how far a reader of its changes has come, `next-id`. The intentions are what makes creating and dropping whole after a crash: see ``Store/recoverNamespaces()``.
struct NamespaceCatalog: Sendable {
    let database: any CatalogDatabase

    static let namespaces = "namespace/"
    static let creating = "creating/"
    static let dropped = "dropped/"
    static let promised = "promised/"
    static let used = "used/"
    static let consumers = "consumer/"
    static let nextID = "next-id"

    /// The entry of a namespace, nil if there is none of that name.
    func find(_ name: String, _ operation: StoreError.Operation) throws(StoreError) -> CatalogRecord? {
        let key = Self.namespaces + name
        guard let bytes = try get(key, operation) else { return nil }
        return try CatalogRecord(.init(Self.namespaces, key: key.utf8, value: bytes), path: database.context.path)
    }

    /// All entries, ordered by name.
    ///
    /// - Throws: `.corruption` also when two have the same number, and so would have the same data.
    func all() throws(StoreError) -> [CatalogRecord] {
        let records = try records(Self.namespaces, .namespaces)
        guard Set(records.map(\.id)).count == records.count else {
            throw damaged("two namespaces have the same number", .namespaces)
        }
        return records
    }

    /// The entries whose names begin with `prefix` and come after `name`, ordered by name.
    func list(prefix: String, after name: String?, limit: Int) throws(StoreError) -> [CatalogRecord] {
        let all = KeyRange.prefix(Self.namespaces + prefix)
        // No name holds the byte that makes the next key.
        let next: [UInt8] = name.map { Array((Self.namespaces + $0).utf8) + [0] } ?? []
        let first = all.lowerBound ?? []
        let lower = first.lexicographicallyPrecedes(next) ? next : first
        let range = KeyRange(lowerBound: lower, upperBound: all.upperBound)
        return try records(Self.namespaces, .namespaces, range, limit: limit)
    }

    /// Notes the intention to create a namespace and gives it the next number that is free.
    func beginCreating(_ name: String) throws(StoreError) -> CatalogRecord {
        try beginCreating(CatalogRecord(name: name, id: 0)) { (_) throws(StoreError) in true }
    }

    /// Notes the intention to create a namespace with such an entry, and gives it the next number that is free.
    func beginCreating(
        _ template: CatalogRecord, isFree: (UInt64) throws(StoreError) -> Bool
    ) throws(StoreError) -> CatalogRecord {
        var id = try nextID()
        while id < .max, try !isFree(id) { id += 1 }
        // One is left for the next.
        guard id < .max else { throw damaged("there is no number left for a namespace", .createNamespace) }
        var record = template
        record.id = id
        var batch = WriteBatch()
        batch.put(Self.nextID, String(id + 1))
        batch.put(Self.creating + String(id), try record.bytes)
        try commit(batch, .createNamespace)
        return record
    }

    /// The number of the next namespace.
    func nextID() throws(StoreError) -> UInt64 {
        guard let bytes = try get(Self.nextID, .createNamespace) else { return 1 }
        // Not guessed where it cannot be read: a number that was used before has another namespace's data.
        guard let id = UInt64(String(decoding: bytes, as: UTF8.self)), id > 0 else {
            throw damaged("the number of the next namespace cannot be read", .createNamespace)
        }
        return id
    }

    func damaged(_ what: String, _ operation: StoreError.Operation) -> StoreError {
        database.context.error(
            .corruption, operation,
            "the catalog is damaged: \(what). Restore the metadata database from a backup, or make a store of what is there "
                + "with repair(at:to:)")
    }

    func finishCreating(_ record: CatalogRecord) throws(StoreError) {
        var batch = WriteBatch()
        batch.delete(Self.creating + String(record.id))
        batch.put(Self.namespaces + record.name, try record.bytes)
        try commit(batch, .createNamespace)
    }

    func abandonCreating(_ record: CatalogRecord) throws(StoreError) {
        var batch = WriteBatch()
        batch.delete(Self.creating + String(record.id))
        try commit(batch, .createNamespace)
    }

    func beginDropping(_ record: CatalogRecord) throws(StoreError) {
        var batch = WriteBatch()
        batch.delete(Self.namespaces + record.name)
        batch.put(Self.dropped + String(record.id), try record.bytes)
        try commit(batch, .dropNamespace)
    }

    func finishDropping(_ ids: [UInt64]) throws(StoreError) {
        var batch = WriteBatch()
        for id in ids {
            batch.delete(Self.promised + String(id))
            batch.delete(Self.used + String(id))
            for consumer in try consumers(of: id, .dropNamespace) { batch.delete(Self.key(of: consumer.name, id)) }
            batch.delete(Self.dropped + String(id))
        }
        try commit(batch, .dropNamespace)
    }

    /// What a namespace's database was last known to have on disk.
    func promise(_ id: UInt64) throws(StoreError) -> RecoveryWatermark {
        guard let bytes = try get(Self.promised + String(id), .open) else { return RecoveryWatermark() }
        guard let promise = RecoveryWatermark(String(decoding: bytes, as: UTF8.self)) else {
            throw damaged("what database \(id) has on disk cannot be read", .open)
        }
        return promise
    }

    /// Notes what databases, by their ids, have on disk.
    func setPromises(_ promises: [UInt64: RecoveryWatermark]) throws(StoreError) {
        guard !promises.isEmpty else { return }
        var batch = WriteBatch()
        for (id, promise) in promises { batch.put(Self.promised + String(id), promise.text) }
        try commit(batch, .sync)
    }

    /// When a namespace was last used, as far as the catalog was told.
    func usage(_ id: UInt64) throws(StoreError) -> NamespaceUsage? {
        try get(Self.used + String(id), .statistics).flatMap { NamespaceUsage(String(decoding: $0, as: UTF8.self)) }
    }

    /// Notes when namespaces were last used.
    func setUsages(_ usages: [UInt64: NamespaceUsage]) throws(StoreError) {
        var batch = WriteBatch()
        for (id, usage) in usages { batch.put(Self.used + String(id), usage.text) }
        try commit(batch, .statistics)
    }

    /// Replaces the entry of a namespace.
    func change(_ record: CatalogRecord, _ operation: StoreError.Operation) throws(StoreError) {
        var batch = WriteBatch()
        batch.put(Self.namespaces + record.name, try record.bytes)
        try commit(batch, operation)
    }

    /// Gives a namespace another name, which must be free.
    func rename(from name: String, _ record: CatalogRecord) throws(StoreError) {
        var batch = WriteBatch()
        batch.delete(Self.namespaces + name)
        batch.put(Self.namespaces + record.name, try record.bytes)
        try commit(batch, .renameNamespace)
    }

    func unfinishedCreations() throws(StoreError) -> [CatalogRecord] { try records(Self.creating, .open) }

    func unfinishedDrops() throws(StoreError) -> [CatalogRecord] { try records(Self.dropped, .open) }

    func get(_ key: String, _ operation: StoreError.Operation) throws(StoreError) -> [UInt8]? {
        try database.withColumnFamily(operation) { (columnFamily) throws(EngineFailure) in
            try columnFamily.get(key.utf8.span.bytes)?.copy()
        }
    }

    func commit(_ batch: WriteBatch, _ operation: StoreError.Operation) throws(StoreError) {
        _ = try database.withColumnFamily(operation) { (columnFamily) throws(EngineFailure) in
            try columnFamily.write(batch, .synced)
        }
    }

    /// How many namespaces there are.
    func count() throws(StoreError) -> Int {
        var count = 0
        try forEach(.prefix(Self.namespaces), .open) { (_, _) in
            count += 1
            return true
        }
        return count
    }

    /// - Parameters:
    ///   - kind: what the keys begin with.
    ///   - range: which of those; all by default.
    private func records(
        _ kind: String, _ operation: StoreError.Operation, _ range: KeyRange? = nil, limit: Int = .max
    ) throws(StoreError) -> [CatalogRecord] {
        var entries: [CatalogRecord.Entry] = []
        guard limit > 0 else { return [] }
        try forEach(range ?? .prefix(kind), operation) { key, value in
            entries.append(.init(kind, key: key, value: value))
            return entries.count < limit
        }
        var records: [CatalogRecord] = []
        for entry in entries { records.append(try CatalogRecord(entry, path: database.context.path)) }
        return records
    }

    /// Calls `body` with each key and value, until it returns false.
    func forEach(
        _ range: KeyRange, _ operation: StoreError.Operation,
        _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool
    ) throws(StoreError) {
        guard !range.isEmpty else { return }
        try database.withColumnFamily(operation) { (columnFamily) throws(EngineFailure) in
            let iterator = EngineIterator(columnFamily, ReadOptions(range: range, rangeDeletions: false))
            iterator.seekToFirst()
            while iterator.isValid, body(iterator.key, iterator.value) { iterator.next() }
            try iterator.check()
        }
    }
}

/// Where the catalog is.
protocol CatalogDatabase: Sendable {
    /// What errors name.
    var context: ErrorContext { get }

    /// Runs a call with the column family that the catalog is in.
    func withColumnFamily<Result>(
        _ operation: StoreError.Operation, _ body: (ColumnFamily) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result
}
