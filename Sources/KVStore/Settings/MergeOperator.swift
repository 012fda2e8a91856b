/// How ``Namespace/merge(_:_:durability:)`` combines an operand with what a key holds, without reading it first.
///
/// Chosen when a namespace is created (``NamespaceOptions/mergeOperator``) and named in the catalog: opening the
/// namespace with a program that does not have the operator is an error. The built-in ones are always there; one of
/// your own has to be among ``StoreConfiguration/mergeOperators``.
///
/// An operator combines two byte strings into one and must be associative: the engine combines neighbours in whatever
/// groups it meets them, operands with operands too, when a key is read and when files are compacted. The first operand
/// of a key that is not there becomes its value as it is. So operands and values have the same form.
///
/// RocksDB: `merge_operator`. Values of such a namespace take one byte more, a trailer that tells a combined value from
/// one whose combination failed, since the engine itself would stop all writes at such a failure.
public struct MergeOperator: Sendable {
    /// The name that the catalog keeps.
    public let name: String
    /// What an operand has to be, as the end of a sentence; nil when any bytes will do.
    let requirement: String?
    let takes: @Sendable (RawSpan) -> Bool
    /// Makes one byte string of several, at least two, the earliest first. In time linear in their bytes, or nearly so:
    /// a key may have any number of operands when it is read.
    let combine: @Sendable ([UnsafeRawBufferPointer]) throws -> [UInt8]

    /// Names of built-in operators begin with it.
    static let builtInPrefix = "kvstore."

    /// An operator of your own.
    ///
    /// ```swift
    /// let longest = MergeOperator("longest") { $0.byteCount >= $1.byteCount ? Array($0) : Array($1) }
    /// ```
    ///
    /// - Parameters:
    ///   - name: 1 to 255 bytes of UTF-8 without control characters, not beginning with `kvstore.`. A change of what
    ///     the operator does needs a new name.
    ///   - combine: makes one byte string of two, the earlier and the later one. Of many operands, neighbours of about
    ///     the same size are combined first, so that one that copies what it is given copies each byte a few times, and
    ///     not once for every later operand. Called on whatever thread reads or compacts, many at a time; it must not
    ///     use the store. It may be given bytes that it did not make: when it throws, the key's parts are kept, reading
    ///     the key throws `.corruption`, and the next merge into it, once the engine combines it, tries again; `put`
    ///     and `delete` replace it.
    public init(
        _ name: String, combine: @escaping @Sendable (_ earlier: RawSpan, _ later: RawSpan) throws -> [UInt8]
    ) {
        self.init(name, requirement: nil, takes: { (_) in true }) { parts in try Self.combineInPairs(parts, combine) }
    }

    init(
        _ name: String, requirement: String?, takes: @escaping @Sendable (RawSpan) -> Bool,
        combine: @escaping @Sendable ([UnsafeRawBufferPointer]) throws -> [UInt8]
    ) {
        self.name = name
        self.requirement = requirement
        self.takes = takes
        self.combine = combine
    }
}

extension MergeOperator {
    /// What is to be combined: a part as it was given, or what was made of several.
    private enum Part {
        case given(UnsafeRawBufferPointer)
        case made([UInt8])

        var count: Int {
            switch self {
            case .given(let bytes): bytes.count
            case .made(let bytes): bytes.count
            }
        }

        func withBytes<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
            switch self {
            case .given(let bytes): try body(bytes.bytes)
            case .made(let bytes): try body(bytes.span.bytes)
            }
        }
    }

    /// Combines neighbours until one is left.
    ///
    /// Those that wait are each more than twice as large as the next one. So few of them wait, what is made of two is
    /// at least half as large again as the larger, and no byte is in many of these.
    private static func combineInPairs(
        _ parts: [UnsafeRawBufferPointer], _ combine: (RawSpan, RawSpan) throws -> [UInt8]
    ) throws -> [UInt8] {
        var waiting: [Part] = []
        func combineLast() throws {
            let (later, earlier) = (waiting.removeLast(), waiting.removeLast())
            waiting.append(
                .made(try earlier.withBytes { earlier in try later.withBytes { try combine(earlier, $0) } }))
        }
        for part in parts {
            waiting.append(.given(part))
            while waiting.count > 1, waiting[waiting.count - 2].count / 2 <= waiting[waiting.count - 1].count {
                try combineLast()
            }
        }
        while waiting.count > 1 { try combineLast() }
        return waiting.first?.withBytes { Array($0) } ?? []
    }
}
