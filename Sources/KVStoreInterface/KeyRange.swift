/// A range of keys, ordered as unsigned bytes: from a lower bound, included, to an upper bound, excluded.
///
/// ```swift
/// try orders.cursor("a"..<"b")  // "a" up to, not including, "b"
/// try orders.cursor("a"..."b")  // "b" included
/// try orders.cursor(.prefix("order/"))
/// try orders.cursor(.all)
/// ```
///
/// A range whose upper bound is not above its lower bound is empty, and reading it returns nothing.
public struct KeyRange: Sendable, Hashable {
    /// The first key that can be in the range; `nil` for no bound.
    public let lowerBound: [UInt8]?
    /// The first key after the range; `nil` for no bound.
    public let upperBound: [UInt8]?

    /// Every key.
    public static let all = KeyRange(lowerBound: nil, upperBound: nil)

    /// The keys from `lowerBound`, included, to `upperBound`, excluded; nil is no bound.
    public init(lowerBound: [UInt8]?, upperBound: [UInt8]?) {
        self.lowerBound = lowerBound
        self.upperBound = upperBound
    }

    /// The keys from `lower`, included, to `upper`, excluded.
    public init(
        from lower: borrowing some Bytes & ~Copyable & ~Escapable,
        to upper: borrowing some Bytes & ~Copyable & ~Escapable
    ) {
        self.init(lowerBound: lower.withBytes { Array($0) }, upperBound: upper.withBytes { Array($0) })
    }

    /// The keys from `lower` on, itself included.
    public init(from lower: borrowing some Bytes & ~Copyable & ~Escapable) {
        self.init(lowerBound: lower.withBytes { Array($0) }, upperBound: nil)
    }

    /// The keys before `upper`.
    public init(upTo upper: borrowing some Bytes & ~Copyable & ~Escapable) {
        self.init(lowerBound: nil, upperBound: upper.withBytes { Array($0) })
    }

    /// The keys that begin with `prefix`, which is one of them. An empty prefix is every key.
    public static func prefix(_ prefix: borrowing some Bytes & ~Copyable & ~Escapable) -> KeyRange {
        let bytes = prefix.withBytes { Array($0) }
        return KeyRange(lowerBound: bytes.isEmpty ? nil : bytes, upperBound: firstKeyAfter(prefix: bytes))
    }

    /// The keys of `range`, its upper bound excluded.
    public init(_ range: Range<String>) {
        self.init(from: range.lowerBound, to: range.upperBound)
    }

    /// The keys of `range`, its upper bound included.
    public init(_ range: ClosedRange<String>) {
        self.init(lowerBound: Array(range.lowerBound.utf8), upperBound: Array(range.upperBound.utf8) + [0])
    }

    /// The keys from the bound on.
    public init(_ range: PartialRangeFrom<String>) {
        self.init(from: range.lowerBound)
    }

    /// The keys before the bound.
    public init(_ range: PartialRangeUpTo<String>) {
        self.init(upTo: range.upperBound)
    }

    /// The keys up to the bound, itself included.
    public init(_ range: PartialRangeThrough<String>) {
        self.init(lowerBound: nil, upperBound: Array(range.upperBound.utf8) + [0])
    }

    /// What is left of the range behind a key: what the next page reads after the last key of the one before.
    ///
    /// ```swift
    /// let page = try orders.entries(.prefix("order/").after(last), limit: 50).collect()
    /// ```
    ///
    /// A key before the range leaves all of it, one behind the range nothing.
    public func after(_ key: borrowing some Bytes & ~Copyable & ~Escapable) -> KeyRange {
        // The smallest key behind another one is that key and a zero byte.
        let next = key.withBytes { Array($0) } + [0]
        guard lowerBound.map({ $0.lexicographicallyPrecedes(next) }) ?? true else { return self }
        return KeyRange(lowerBound: next, upperBound: upperBound)
    }

    /// What is left of the range before a key: what the next page reads where the last come first.
    ///
    /// A key behind the range leaves all of it, one before the range nothing.
    public func before(_ key: borrowing some Bytes & ~Copyable & ~Escapable) -> KeyRange {
        let key = key.withBytes { Array($0) }
        guard upperBound.map({ key.lexicographicallyPrecedes($0) }) ?? true else { return self }
        return KeyRange(lowerBound: lowerBound, upperBound: key)
    }

    /// Whether no key can be in the range.
    public var isEmpty: Bool {
        guard let upperBound else { return false }
        return !(lowerBound ?? []).lexicographicallyPrecedes(upperBound)
    }

    /// Whether the range holds `key`.
    public func contains(_ key: borrowing some Bytes & ~Copyable & ~Escapable) -> Bool {
        let key = key.withBytes { Array($0) }
        if let lowerBound, key.lexicographicallyPrecedes(lowerBound) { return false }
        if let upperBound, !key.lexicographicallyPrecedes(upperBound) { return false }
        return true
    }

    /// The smallest key above every key that begins with `prefix`: the prefix without its trailing 0xFF bytes, its last
    /// byte raised by one. `nil` where there is none.
    private static func firstKeyAfter(prefix: [UInt8]) -> [UInt8]? {
        guard let last = prefix.lastIndex(where: { $0 != 0xFF }) else { return nil }
        var bound = Array(prefix[...last])
        bound[last] += 1
        return bound
    }
}
