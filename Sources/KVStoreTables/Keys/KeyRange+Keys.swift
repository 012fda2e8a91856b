public import KVStoreInterface

extension KeyRange {
    /// The keys that begin with these parts, one of just these parts among them. Without any, all keys that were encoded.
    ///
    /// ```swift
    /// orders.entries(.partial("order", customer))  // all of the customer
    /// ```
    ///
    /// Whole parts are compared: text that only begins with the last part is another part. See
    /// ``partial(_:beginningWith:)-(_,String)``.
    @inlinable
    public static func partial<each Part: KeyCodable>(_ parts: repeat each Part) -> KeyRange {
        var encoder = KeyEncoder()
        repeat (each parts).encode(into: &encoder)
        return KeyRange(lower: encoder.array, upper: encoder.array, includingUpper: true)
    }

    /// The keys that begin with these parts, the next part being in a range.
    ///
    /// ```swift
    /// orders.entries(.partial("order", customer, in: 100..<200))
    /// ```
    ///
    /// A key that goes on behind a bound is where the bound is: `in: 1...2` has `(2, "a")`. The range is one of encoded keys:
    /// text is ordered by its UTF-8.
    @inlinable
    public static func partial<each Part: KeyCodable>(
        _ parts: repeat each Part, in range: some KeyBounds
    ) -> KeyRange {
        var encoder = KeyEncoder()
        repeat (each parts).encode(into: &encoder)
        let parts = encoder.count
        range.lowerKey?.encode(into: &encoder)
        let lower = encoder.array
        encoder.length = parts
        guard let upper = range.upperKey else {
            return KeyRange(lower: lower, upper: encoder.array, includingUpper: true)
        }
        upper.encode(into: &encoder)
        return KeyRange(lower: lower, upper: encoder.array, includingUpper: range.includesUpperKey)
    }

    /// The keys that begin with these parts, the next part being text that begins with `text`.
    public static func partial<each Part: KeyCodable>(
        _ parts: repeat each Part, beginningWith text: String
    ) -> KeyRange {
        var encoder = KeyEncoder()
        repeat (each parts).encode(into: &encoder)
        encoder.append(ElementCode.string)
        encoder.appendEscaped(text.utf8.span.bytes)
        return .prefix(encoder)
    }

    /// The keys that begin with these parts, the next part being bytes that begin with `bytes`.
    public static func partial<each Part: KeyCodable>(
        _ parts: repeat each Part, beginningWith bytes: [UInt8]
    ) -> KeyRange {
        var encoder = KeyEncoder()
        repeat (each parts).encode(into: &encoder)
        encoder.append(ElementCode.bytes)
        encoder.appendEscaped(bytes.span.bytes)
        return .prefix(encoder)
    }

    /// From a key to another, with all that begins with the other or without.
    @usableFromInline
    init(lower: [UInt8], upper: [UInt8], includingUpper: Bool) {
        self.init(
            lowerBound: lower.isEmpty ? nil : lower, upperBound: includingUpper ? upper + [ElementCode.end] : upper)
    }
}

extension KeyEncoder {
    @usableFromInline var array: [UInt8] { withBytes { Array($0) } }
}
