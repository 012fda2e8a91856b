/// Writes to several namespaces of a store that are committed together: all of them or none. See
/// ``Store/write(durability:_:)``.
///
/// Writes to one namespace take effect in the order given.
public struct StoreBatch: Sendable {
    /// One part for each namespace, in the order of their first writes.
    private(set) var parts: [(namespace: Namespace, writes: WriteBatch)] = []
    private var places: [ObjectIdentifier: Int] = [:]

    /// An empty batch.
    public init() {}

    /// Whether it holds no writes.
    public var isEmpty: Bool { parts.allSatisfy(\.writes.isEmpty) }

    /// How many writes it holds.
    public var count: Int { parts.reduce(0) { $0 + $1.writes.count } }

    /// Its size as it will be logged, about, in bytes.
    public var byteCount: Int { parts.reduce(0) { $0 + $1.writes.byteCount } }

    /// Sets the value of a key of a namespace.
    public mutating func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable,
        in namespace: Namespace
    ) {
        let place = place(of: namespace)
        key.withBytes { key in
            value.withBytes { value in parts[place].writes.put(key, value) }
        }
    }

    /// Sets the value of a key of a namespace for a time: see ``WriteBatch/put(_:_:expiresAfter:)``.
    public mutating func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable,
        expiresAfter time: Duration, in namespace: Namespace
    ) {
        let place = place(of: namespace)
        key.withBytes { key in
            value.withBytes { value in parts[place].writes.put(key, value, expiresAfter: time) }
        }
    }

    /// Combines a value with what a key of a namespace holds: see ``WriteBatch/merge(_:_:)``.
    public mutating func merge(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ operand: borrowing some Bytes & ~Copyable & ~Escapable,
        in namespace: Namespace
    ) {
        let place = place(of: namespace)
        key.withBytes { key in
            operand.withBytes { operand in parts[place].writes.merge(key, operand) }
        }
    }

    /// Deletes a key of a namespace. It need not be there.
    public mutating func delete(_ key: borrowing some Bytes & ~Copyable & ~Escapable, in namespace: Namespace) {
        let place = place(of: namespace)
        key.withBytes { key in parts[place].writes.delete(key) }
    }

    /// Deletes every key of a range of a namespace. The range needs an upper bound.
    public mutating func deleteRange(_ range: KeyRange, in namespace: Namespace) {
        let place = place(of: namespace)
        parts[place].writes.deleteRange(range)
    }

    /// Appends the writes of a batch to a namespace.
    public mutating func append(_ batch: WriteBatch, in namespace: Namespace) {
        let place = place(of: namespace)
        parts[place].writes.append(batch)
    }

    private mutating func place(of namespace: Namespace) -> Int {
        // Two values of a namespace have one slot.
        let slot = ObjectIdentifier(namespace.slot)
        if let place = places[slot] { return place }
        places[slot] = parts.count
        parts.append((namespace, WriteBatch()))
        return parts.count - 1
    }
}
