extension NamespaceCatalog {
    /// The key of a consumer of the changes of a namespace.
    static func key(of consumer: String, _ id: UInt64) -> String { "\(consumers)\(id)/\(consumer)" }

    /// How far a consumer has come; nil when there is none of that name.
    func place(
        of consumer: String, _ id: UInt64, _ operation: StoreError.Operation
    ) throws(StoreError) -> ConsumerPlace? {
        guard let bytes = try get(Self.key(of: consumer, id), operation) else { return nil }
        return try place(bytes, operation)
    }

    /// All consumers of a namespace, ordered by the bytes of their names.
    func consumers(
        of id: UInt64, _ operation: StoreError.Operation
    ) throws(StoreError) -> [(name: String, place: ConsumerPlace)] {
        let prefix = Self.key(of: "", id)
        var found: [(name: String, bytes: [UInt8])] = []
        try forEach(.prefix(prefix), operation) { key, value in
            found.append((String(decoding: key.dropFirst(prefix.utf8.count), as: UTF8.self), Array(value)))
            return true
        }
        var consumers: [(name: String, place: ConsumerPlace)] = []
        for (name, bytes) in found { consumers.append((name, try place(bytes, operation))) }
        return consumers
    }

    func setPlace(
        of consumer: String, _ id: UInt64, to place: ConsumerPlace, _ operation: StoreError.Operation
    ) throws(StoreError) {
        var batch = WriteBatch()
        batch.put(Self.key(of: consumer, id), place.text)
        try commit(batch, operation)
    }

    func removeConsumer(_ consumer: String, _ id: UInt64, _ operation: StoreError.Operation) throws(StoreError) {
        var batch = WriteBatch()
        batch.delete(Self.key(of: consumer, id))
        try commit(batch, operation)
    }

    /// Notes of consumers that the database of their namespaces came back without commits that they acknowledged.
    ///
    /// - Parameters:
    ///   - ids: those of the namespaces.
    ///   - sequence: up to which number it came back.
    /// - Returns: those of which that was not known.
    func noteLostChanges(
        of ids: some Collection<UInt64>, after sequence: UInt64
    ) throws(StoreError) -> [(id: UInt64, consumer: String, place: ConsumerPlace)] {
        let only = ids.count == 1 ? ids.first : nil
        let known = Set(ids)
        var found: [(key: String, bytes: [UInt8])] = []
        // Seldom more than a few: one walk for all.
        try forEach(.prefix(only.map { Self.key(of: "", $0) } ?? Self.consumers), .open) { key, value in
            found.append((String(decoding: key, as: UTF8.self), Array(value)))
            return true
        }
        var batch = WriteBatch()
        var noted: [(id: UInt64, consumer: String, place: ConsumerPlace)] = []
        for (key, bytes) in found {
            let parts = key.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let id = UInt64(parts[1]), known.contains(id) else { continue }
            var place = try place(bytes, .open)
            guard place.noteRecovery(through: sequence) else { continue }
            batch.put(key, place.text)
            noted.append((id, String(parts[2]), place))
        }
        if !noted.isEmpty { try commit(batch, .open) }
        return noted
    }

    private func place(_ bytes: [UInt8], _ operation: StoreError.Operation) throws(StoreError) -> ConsumerPlace {
        // Not guessed where it cannot be read: changes would be passed over, or come again.
        guard let place = ConsumerPlace(String(decoding: bytes, as: UTF8.self)) else {
            throw damaged("how far a consumer of changes has come cannot be read", operation)
        }
        return place
    }
}
