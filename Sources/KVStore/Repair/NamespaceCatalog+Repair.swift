extension NamespaceCatalog {
    /// What can be read of the catalog: the entries by the numbers of the namespaces, those that were being created too, and
    /// the numbers of those that were dropped.
    func readable() throws(StoreError) -> (records: [UInt64: NamespaceRecord], dropped: Set<UInt64>) {
        func records(_ prefix: String) throws(StoreError) -> [NamespaceRecord] {
            var records: [NamespaceRecord] = []
            try forEach(.prefix(prefix), .repair) { value in
                if let record = try? NamespaceRecord(Array(value), path: slot.context.path) { records.append(record) }
                return true
            }
            return records
        }
        var known: [UInt64: NamespaceRecord] = [:]
        for record in try records(Self.namespaces) { known[record.id] = record }
        return (known, Set(try records(Self.dropped).map(\.id)).union(try records(Self.creating).map(\.id)))
    }

    /// Removes the entry of a namespace of which nothing is left.
    func forget(_ record: NamespaceRecord) throws(StoreError) {
        var batch = WriteBatch()
        batch.delete(Self.namespaces + record.name)
        batch.delete(Self.promised + String(record.id))
        batch.delete(Self.used + String(record.id))
        try commit(batch, .repair)
    }
}
