extension NamespaceCatalog {
    /// What can be read of the catalog: the entries by the numbers of the namespaces, and the numbers of those that
    /// were being created or dropped. The rest, which would keep the store from being opened, is removed.
    func salvaged() throws(StoreError) -> (records: [UInt64: CatalogRecord], dropped: Set<UInt64>) {
        var batch = WriteBatch()
        func records(_ kind: String) throws(StoreError) -> [CatalogRecord] {
            var records: [CatalogRecord] = []
            try forEach(.prefix(kind), .repair) { key, value in
                do throws(StoreError) {
                    let entry = CatalogRecord.Entry(kind, key: key, value: value)
                    records.append(try CatalogRecord(entry, path: database.context.path))
                } catch {
                    batch.delete(Array(key))
                }
                return true
            }
            return records
        }
        var known: [UInt64: CatalogRecord] = [:]
        for record in try records(Self.namespaces) {
            // One of a number: the other's data is not known to be its own.
            if known.updateValue(known[record.id] ?? record, forKey: record.id) != nil {
                batch.delete(Self.namespaces + record.name)
            }
        }
        var underWay: Set<UInt64> = []
        for kind in [Self.dropped, Self.creating] {
            for id in try records(kind).map(\.id) where known[id] != nil || !underWay.insert(id).inserted {
                batch.delete(kind + String(id))
            }
        }
        try forEach(.prefix(Self.promised), .repair) { key, value in
            if RecoveryWatermark(String(decoding: value, as: UTF8.self)) == nil { batch.delete(Array(key)) }
            return true
        }
        // What is repaired may have lost commits and give their numbers once more: nobody has come to one for sure.
        try forEach(.prefix(Self.consumers), .repair) { key, _ in
            batch.delete(Array(key))
            return true
        }
        if (try? nextID()) ?? .max == .max {
            let last = underWay.union(known.keys).max() ?? 0
            batch.put(Self.nextID, String(last.addingSaturating(1)))
        }
        if !batch.isEmpty { try commit(batch, .repair) }
        return (known, underWay)
    }

    /// Removes the entry of a namespace of which nothing is left.
    func forget(_ record: CatalogRecord) throws(StoreError) {
        var batch = WriteBatch()
        batch.delete(Self.namespaces + record.name)
        batch.delete(Self.promised + String(record.id))
        batch.delete(Self.used + String(record.id))
        try commit(batch, .repair)
    }
}
