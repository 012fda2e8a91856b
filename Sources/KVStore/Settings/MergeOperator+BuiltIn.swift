internal import Glibc

extension MergeOperator {
    /// What a built-in operator throws when it is given bytes that are not of its form.
    private struct Malformed: Error {}

    /// Adds integers of 64 bits.
    ///
    /// Operands and values are 8 bytes, little-endian (as RocksDB's own `uint64add` has them): see ``number(_:)`` and
    /// ``number(in:)``. The sum wraps around at 64 bits, which makes it the same for signed and unsigned integers. A
    /// merge of anything but 8 bytes is refused with `.invalidArgument`; into a value that was put and is not of 8
    /// bytes, it makes reading the key throw `.corruption`.
    public static let add64 = MergeOperator(
        builtInPrefix + "add64", requirement: "be 8 bytes, a little-endian integer", takes: { $0.byteCount == 8 }
    ) { parts in
        var sum: Int64 = 0
        for part in parts {
            guard part.count == 8 else { throw Malformed() }
            sum &+= Int64(littleEndian: part.loadUnaligned(as: Int64.self))
        }
        return number(sum)
    }

    /// Keeps the smaller of two byte strings, ordered as keys are: as unsigned bytes. Takes any bytes; integers keep
    /// their order when they are written big-endian.
    public static let min = MergeOperator(builtInPrefix + "min", requirement: nil, takes: { (_) in true }) {
        Array($0.min(by: precedes) ?? $0[0])
    }

    /// Keeps the larger of two byte strings, ordered as keys are: as unsigned bytes. Takes any bytes.
    public static let max = MergeOperator(builtInPrefix + "max", requirement: nil, takes: { (_) in true }) {
        Array($0.max(by: precedes) ?? $0[0])
    }

    /// Appends the operand to the value, with nothing between them. Takes any bytes. Appending in whole records of
    /// known length keeps them apart.
    public static let append = MergeOperator(builtInPrefix + "append", requirement: nil, takes: { (_) in true }) {
        var value: [UInt8] = []
        // With room for the trailer.
        value.reserveCapacity($0.reduce(1) { $0 + $1.count })
        for part in $0 { value.append(contentsOf: part) }
        return value
    }

    /// Unites sets of byte strings.
    ///
    /// Operands and values are sets as ``set(of:)`` writes them and ``elements(ofSet:)`` reads them: each element with
    /// its length as a base-128 number before it; what this operator makes has its elements in order, each once.
    /// Malformed operands are refused with `.invalidArgument`; merged into a malformed value, they make reading the key
    /// throw `.corruption`.
    public static let setUnion = MergeOperator(
        builtInPrefix + "setUnion", requirement: "be a set as MergeOperator.set(of:) writes it",
        takes: { ByteStrings.isEncoding($0) }
    ) { parts in
        var elements: [UnsafeRawBufferPointer] = []
        for part in parts {
            guard ByteStrings.appendPlaces(of: part, to: &elements) else { throw Malformed() }
        }
        // Fast where parts are in order, as all that the operator has made are.
        elements.sort(by: precedes)
        var distinct: [UnsafeRawBufferPointer] = []
        distinct.reserveCapacity(elements.count)
        for element in elements where distinct.last.map({ !$0.isEqual(to: element) }) ?? true {
            distinct.append(element)
        }
        return ByteStrings.encode(distinct)
    }

    /// The operators that need not be registered.
    static let builtIn = [add64, min, max, append, setUnion]

    /// An integer as ``add64`` takes it: 8 bytes, little-endian.
    public static func number(_ number: Int64) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    /// The integer of a value that ``add64`` made, `nil` unless there are 8 bytes.
    public static func number(in value: [UInt8]) -> Int64? {
        guard value.count == 8 else { return nil }
        return value.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
    }

    /// A set as ``setUnion`` takes it.
    public static func set(of elements: [[UInt8]]) -> [UInt8] {
        ByteStrings.encode(Set(elements).sorted { $0.lexicographicallyPrecedes($1) })
    }

    /// The elements of a set that ``setUnion`` made, in order; `nil` for bytes that are none.
    public static func elements(ofSet value: [UInt8]) -> [[UInt8]]? { ByteStrings.decode(value.span.bytes) }

    private static func precedes(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard let start = one.baseAddress, let otherStart = other.baseAddress else { return one.count < other.count }
        let order = memcmp(start, otherStart, Swift.min(one.count, other.count))
        return order == 0 ? one.count < other.count : order < 0
    }
}
