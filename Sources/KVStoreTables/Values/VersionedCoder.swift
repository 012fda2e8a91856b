internal import KVStoreInterface

/// A coder whose values may change their form: a byte before each says which it has, and functions of yours bring earlier ones
/// up to date when they are read.
///
/// ```swift
/// let coder = VersionedCoder(1, .json(UserV1.self))
///     .then(2, .json(User.self)) { old in User(name: old.name, email: nil) }
/// ```
///
/// Keep each step for as long as there may be values of its version: ``Table/rewriteValues(in:batchSize:)`` writes all of them
/// anew.
public struct VersionedCoder<Value>: ValueCoder {
    private let version: UInt8
    private let encode: @Sendable (Value, inout [UInt8]) throws -> Void
    private let decoders: [UInt8: @Sendable (RawSpan) throws -> Value]

    /// The first version.
    ///
    /// - Parameter version: any number; each of its own.
    public init(_ version: UInt8, _ coder: some ValueCoder<Value>) {
        self.init(version, coder, earlier: [:])
    }

    private init(
        _ version: UInt8, _ coder: some ValueCoder<Value>, earlier: [UInt8: @Sendable (RawSpan) throws -> Value]
    ) {
        self.version = version
        encode = { value, bytes in try coder.encode(value, into: &bytes) }
        decoders = earlier.merging([version: { bytes in try coder.decode(bytes) }]) { _, new in new }
    }

    /// The next version: values are written with `coder` from now on, and those of before are brought up to date by `upgrade`
    /// when they are read.
    public func then<Next>(
        _ version: UInt8, _ coder: some ValueCoder<Next>, upgrade: @escaping @Sendable (Value) throws -> Next
    ) -> VersionedCoder<Next> {
        VersionedCoder<Next>(
            version, coder,
            earlier: decoders.mapValues { decode in
                { bytes in try upgrade(decode(bytes)) }
            })
    }

    /// Appends the version and the value.
    ///
    /// - Throws: what the coder of the version throws.
    public func encode(_ value: Value, into bytes: inout [UInt8]) throws {
        bytes.append(version)
        try encode(value, &bytes)
    }

    /// Reads a value of any version that is known.
    ///
    /// - Throws: ``TableError`` `.unknownVersion`, and `.malformedValue` for no bytes; what the version's coder and the upgrades
    ///   throw.
    public func decode(_ bytes: RawSpan) throws -> Value {
        guard bytes.byteCount > 0 else { throw TableError(.malformedValue, "the value has no version") }
        let version = bytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
        guard let decode = decoders[version] else {
            throw TableError(
                .unknownVersion,
                "the value has version \(version), which the coder does not know; a later program wrote it")
        }
        return try decode(bytes.extracting(droppingFirst: 1))
    }

    /// Whether the bytes have the last version.
    public func isCurrent(_ bytes: RawSpan) -> Bool {
        bytes.byteCount > 0 && bytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self) == version
    }
}
