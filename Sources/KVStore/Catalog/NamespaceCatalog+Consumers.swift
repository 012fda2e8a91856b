extension NamespaceCatalog {
    /// The key of a consumer of the changes of a namespace.
    static func key(of consumer: String, _ id: UInt64) -> String { "\(consumers)\(id)/\(consumer)" }

    /// How far a consumer has come; nil when there is none of that name.
    func position(
        of consumer: String, _ id: UInt64, _ operation: StoreError.Operation
    ) throws(StoreError) -> UInt64? {
        guard let bytes = try get(Self.key(of: consumer, id), operation) else { return nil }
        return try position(bytes, operation)
    }

    /// All consumers of a namespace, ordered by the bytes of their names.
    func consumers(
        of id: UInt64, _ operation: StoreError.Operation
    ) throws(StoreError) -> [(name: String, position: UInt64)] {
        let prefix = Self.key(of: "", id)
        var found: [(name: String, bytes: [UInt8])] = []
        try forEach(.prefix(prefix), operation) { key, value in
            found.append((String(decoding: key.dropFirst(prefix.utf8.count), as: UTF8.self), Array(value)))
            return true
        }
        var consumers: [(name: String, position: UInt64)] = []
        for (name, bytes) in found { consumers.append((name, try position(bytes, operation))) }
        return consumers
    }

    func setPosition(
        of consumer: String, _ id: UInt64, to position: UInt64, _ operation: StoreError.Operation
    ) throws(StoreError) {
        var batch = WriteBatch()
        batch.put(Self.key(of: consumer, id), String(position))
        try commit(batch, operation)
    }

    func removeConsumer(_ consumer: String, _ id: UInt64, _ operation: StoreError.Operation) throws(StoreError) {
        var batch = WriteBatch()
        batch.delete(Self.key(of: consumer, id))
        try commit(batch, operation)
    }

    private func position(_ bytes: [UInt8], _ operation: StoreError.Operation) throws(StoreError) -> UInt64 {
        // Not guessed where it cannot be read: changes would be passed over, or come again.
        guard let position = UInt64(String(decoding: bytes, as: UTF8.self)) else {
            throw damaged("how far a consumer of changes has come cannot be read", operation)
        }
        return position
    }
}
