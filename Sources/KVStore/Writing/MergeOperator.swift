/// How ``Namespace/merge(_:_:durability:)`` combines an operand with what a key holds, without reading it first.
///
/// Chosen when a namespace is created (``NamespaceOptions/mergeOperator``) and named in the catalog: opening the
/// namespace with a program that does not have the operator is an error. The built-in ones are always there; one of your
/// own has to be among ``StoreConfiguration/mergeOperators``.
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
    let combine: @Sendable (RawSpan, RawSpan) throws -> [UInt8]

    /// Names of built-in operators begin with it.
    static let builtInPrefix = "kvstore."

    /// An operator of your own.
    ///
    /// ```swift
    /// let longest = MergeOperator("longest") { $0.byteCount >= $1.byteCount ? Array($0) : Array($1) }
    /// ```
    ///
    /// - Parameters:
    ///   - name: 1 to 255 bytes of UTF-8 without control characters, not beginning with `kvstore.`. A change of what the
    ///     operator does needs a new name.
    ///   - combine: makes one byte string of two, the earlier and the later one. Called on whatever thread reads or
    ///     compacts, many at a time; it must not use the store. It may be given bytes that it did not make: when it
    ///     throws, the key's parts are kept, reading the key throws `.corruption`, and the next merge into it, once the
    ///     engine combines it, tries again; `put` and `delete` replace it.
    public init(
        _ name: String, combine: @escaping @Sendable (_ earlier: RawSpan, _ later: RawSpan) throws -> [UInt8]
    ) {
        self.init(name, requirement: nil, takes: { (_) in true }, combine: combine)
    }

    init(
        _ name: String, requirement: String?, takes: @escaping @Sendable (RawSpan) -> Bool,
        combine: @escaping @Sendable (RawSpan, RawSpan) throws -> [UInt8]
    ) {
        self.name = name
        self.requirement = requirement
        self.takes = takes
        self.combine = combine
    }
}
