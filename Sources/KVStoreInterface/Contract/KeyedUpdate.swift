/// What the closure of ``KeyValueNamespace/update(keys:durability:_:)`` reads and writes: the values of the keys that were
/// named, and writes to any key.
public struct KeyedUpdate: Sendable {
    /// The keys that were named.
    public let keys: [[UInt8]]
    /// What the closure wrote so far, in order.
    public private(set) var writes = WriteBatch()
    private var values: [[UInt8]?]
    /// By key, for those who ask by key: few are named, so they are searched one by one.
    private func place(of key: RawSpan) -> Int? {
        key.withUnsafeBytes { key in keys.firstIndex { $0.elementsEqual(key) } }
    }

    /// An update of these keys, for those who make a store.
    ///
    /// - Parameter values: what each holds, in the order of the keys; nil for one that is not there.
    public init(keys: [[UInt8]], values: [[UInt8]?]) {
        precondition(keys.count == values.count, "an update has a value or nil for each key")
        self.keys = keys
        self.values = values
    }

    /// The value of a key that was named, with the closure's own writes over it; nil when there is none.
    ///
    /// - Throws: `.invalidArgument` for a key that was not named: what it holds is not known, and a commit would not notice
    ///   that it has changed.
    public func get(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> [UInt8]? {
        try key.withBytes { (key) throws(StoreError) in
            guard let place = place(of: key) else {
                throw StoreError(
                    .invalidArgument, .update,
                    "an update can read only the keys that it was given; name this one too, or use a transaction")
            }
            return values[place]
        }
    }

    /// Sets the value of a key, when the closure has returned and what it wrote is committed.
    public mutating func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable
    ) {
        key.withBytes { key in
            value.withBytes { value in
                writes.put(key, value)
                if let place = place(of: key) { values[place] = Array(value) }
            }
        }
    }

    /// Deletes a key, when the closure has returned and what it wrote is committed.
    public mutating func delete(_ key: borrowing some Bytes & ~Copyable & ~Escapable) {
        key.withBytes { key in
            writes.delete(key)
            if let place = place(of: key) { values[place] = nil }
        }
    }
}
