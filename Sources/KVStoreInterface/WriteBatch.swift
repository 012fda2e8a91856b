/// Writes that are committed together: all of them or none, in the order given.
///
/// A plain value that belongs to no store: build it anywhere, commit it to any namespace with
/// ``Namespace/commit(_:durability:)``, or let ``Namespace/write(durability:_:)`` hand you one. A batch that is reused
/// after ``clear()`` keeps its memory.
///
/// A write that no engine could take (see ``Limits``) is remembered and makes the commit throw; nothing of such a batch
/// is written.
public struct WriteBatch: Sendable {
    /// The engine's own form: 8 bytes of sequence, 4 of count, records of a tag and length-prefixed byte strings. Made
    /// here rather than call by call through the C API, which costs 1 to 3% more; batches concatenate by bytes.
    package internal(set) var representation: [UInt8]
    /// How many writes the batch holds.
    public private(set) var count = 0
    /// Whether a range is deleted, which a namespace must know beforehand.
    package var deletesRanges = false
    /// Whether something is merged, which takes a namespace with an operator.
    package var merges = false
    /// Whether an entry has a time to live of its own, which takes a namespace whose entries expire.
    package var expires = false
    /// The first write that cannot be committed.
    package var violation: String?

    private var byteLimit = Limits.batchSize.bytes

    package static let headerSize = 12

    /// An empty batch.
    public init() {
        representation = [UInt8](repeating: 0, count: Self.headerSize)
    }

    /// An empty batch that may hold no more than that many bytes.
    package init(byteLimit: Int) {
        self.init()
        self.byteLimit = byteLimit
    }

    /// An empty batch with room for that many bytes.
    package init(capacity: Int) {
        self.init()
        representation.reserveCapacity(capacity)
    }

    /// Whether the batch holds no writes.
    public var isEmpty: Bool { count == 0 }

    /// The size of the batch as it will be logged, in bytes.
    public var byteCount: Int { representation.count }

    /// Sets the value of a key.
    @inlinable
    public mutating func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable
    ) {
        key.withBytes { key in
            value.withBytes { value in putBytes(key, value) }
        }
    }

    /// What every put comes down to: not generic, where the generic form is inlined into its callers.
    @usableFromInline
    mutating func putBytes(_ key: RawSpan, _ value: RawSpan) {
        guard admits(key: key.byteCount, value: value.byteCount) else { return }
        append(.put, key, value)
    }

    /// Sets the value of a key for a time: see ``Namespace/put(_:_:expiresAfter:durability:)``.
    ///
    /// The time counts from the commit. The commit throws `.invalidArgument` for one below 1 ms, and where the entries of
    /// the namespace do not expire.
    public mutating func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable,
        expiresAfter time: Duration
    ) {
        guard time >= .milliseconds(1) else {
            violation = violation ?? "expiresAfter is \(time), it must be at least 1 ms"
            return
        }
        key.withBytes { key in
            value.withBytes { value in
                guard admits(key: key.byteCount, value: value.byteCount + Self.timeSize) else { return }
                append(.putForTime, key, value, time: time.wholeMilliseconds)
                expires = true
            }
        }
    }

    /// Combines a value with what the key holds when the batch is committed: see ``Namespace/merge(_:_:durability:)``.
    ///
    /// The commit throws `.invalidArgument` where the namespace has no merge operator, or one that does not take the
    /// operand.
    public mutating func merge(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ operand: borrowing some Bytes & ~Copyable & ~Escapable
    ) {
        key.withBytes { key in
            operand.withBytes { operand in
                guard admits(key: key.byteCount, value: operand.byteCount) else { return }
                append(.merge, key, operand)
                merges = true
            }
        }
    }

    /// Deletes a key. It need not be there.
    public mutating func delete(_ key: borrowing some Bytes & ~Copyable & ~Escapable) {
        key.withBytes { key in
            guard admits(key: key.byteCount, value: 0) else { return }
            append(.delete, key, nil)
        }
    }

    /// Deletes every key of a range, whatever it holds when the batch is committed.
    ///
    /// The range needs an upper bound; ``Namespace/deleteRange(_:durability:)`` also takes ranges without.
    public mutating func deleteRange(_ range: KeyRange) {
        guard let upper = range.upperBound else {
            violation =
                violation ?? "deleteRange of a batch, update or transaction needs a range with an upper bound"
            return
        }
        let lower = range.lowerBound ?? []
        guard !range.isEmpty, admits(lower: lower.count, upper: upper.count) else { return }
        append(.deleteRange, lower.span.bytes, upper.span.bytes)
        deletesRanges = true
    }

    /// Appends the writes of another batch.
    public mutating func append(_ other: WriteBatch) {
        guard !other.isEmpty || other.violation != nil else { return }
        violation = violation ?? other.violation
        guard admits(bytes: other.byteCount - Self.headerSize) else { return }
        representation.append(contentsOf: other.representation[Self.headerSize...])
        deletesRanges = deletesRanges || other.deletesRanges
        merges = merges || other.merges
        expires = expires || other.expires
        setCount(count + other.count)
    }

    /// Removes all writes, keeping the memory for the next ones.
    public mutating func clear() {
        representation.removeSubrange(Self.headerSize...)
        setCount(0)
        deletesRanges = false
        merges = false
        expires = false
        violation = nil
    }
}

extension WriteBatch {
    /// The engine's tags of records in the default column family.
    package enum Tag: UInt8 {
        case delete = 0x00
        case put = 0x01
        case merge = 0x02
        case deleteRange = 0x0F
        /// Ours: behind the value stand the milliseconds that it is to live, ``timeSize`` bytes, little-endian. For the
        /// engine it becomes a put, see ``WriteBatch/representation(inColumnFamily:trailer:now:)``.
        case putForTime = 0x7F

        /// Those of the engine.
        package static let all: [Tag] = [.delete, .put, .merge, .deleteRange]

        /// Whether it sets the value of a key.
        package var isPut: Bool { self == .put || self == .putForTime }

        /// The tag of the same record with a column family.
        package var inColumnFamily: UInt8 {
            switch self {
            case .delete: 0x04
            case .put, .putForTime: 0x05
            case .merge: 0x06
            case .deleteRange: 0x0E
            }
        }
    }

    /// How many bytes the time of a ``Tag/putForTime`` takes.
    package static let timeSize = 8

    private mutating func append(_ tag: Tag, _ key: RawSpan, _ value: RawSpan, time: UInt64) {
        var timed = value.withUnsafeBytes { Array($0) }
        withUnsafeBytes(of: time.littleEndian) { timed.append(contentsOf: $0) }
        append(tag, key, timed.span.bytes)
    }

    private mutating func append(_ tag: Tag, _ first: RawSpan, _ second: RawSpan?) {
        let room = Self.prefixSize + first.byteCount + (second?.byteCount ?? 0)
        representation.append(addingCapacity: room) { span in
            span.withUnsafeMutableBufferPointer { buffer, count in
                let record = UnsafeMutableRawBufferPointer(buffer)
                record[0] = tag.rawValue
                var end = record.store(first, at: 1)
                if let second { end = record.store(second, at: end) }
                count = end
            }
        }
        setCount(count + 1)
    }

    /// The most that a record takes beside its byte strings: its tag and two lengths.
    private static let prefixSize = 11

    /// Appends the records of a batch in the engine's form.
    package mutating func append(representation other: [UInt8]) {
        representation.append(contentsOf: other[Self.headerSize...])
        let added = (0..<4).reduce(UInt32(0)) { $0 | UInt32(other[8 + $1]) << (8 * UInt32($1)) }
        setCount(count + Int(added))
    }

    mutating func setCount(_ count: Int) {
        self.count = count
        let number = UInt32(count).littleEndian
        representation.withUnsafeMutableBytes { $0.storeBytes(of: number, toByteOffset: 8, as: UInt32.self) }
    }

    @inline(__always)
    private mutating func admits(key: Int, value: Int) -> Bool {
        let fits =
            key <= Limits.keySize.bytes && value <= Limits.valueSize.bytes
            && representation.count &+ key &+ value &+ 16 <= byteLimit
        if !fits { refuse(key: key, value: value) }
        return fits
    }

    @inline(never)
    private mutating func refuse(key: Int, value: Int) {
        guard violation == nil else { return }
        violation = Limits.violation(key: key, value: value)
        if violation == nil { _ = admits(bytes: key + value + 16) }
    }

    /// Whether a deletion of a range fits, whose bounds may be the place right behind the largest key.
    private mutating func admits(lower: Int, upper: Int) -> Bool {
        let longest = max(lower, upper)
        guard longest <= Limits.keySize.bytes + 1 else {
            violation =
                violation
                ?? "a bound of a range of \(longest) bytes is over the limit of \(Limits.keySize) and one byte"
            return false
        }
        return admits(bytes: lower + upper + 16)
    }

    /// The first write that was refused, which is then forgotten: nothing of it is in the batch.
    package mutating func takeViolation() -> String? { violation.take() }

    /// Whether another batch can be appended.
    package func hasRoom(for other: WriteBatch) -> Bool { byteCount + other.byteCount - Self.headerSize <= byteLimit }

    private mutating func admits(bytes: Int) -> Bool {
        if byteCount + bytes > byteLimit {
            violation =
                violation ?? "a batch of \(byteCount + bytes) bytes is over the limit of \(ByteCount(byteLimit))"
            return false
        }
        return true
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Stores a byte string behind its length.
    ///
    /// - Returns: where it ends.
    @inlinable
    @inline(__always)
    package func store(_ bytes: RawSpan, at offset: Int) -> Int {
        let start = store(varint: UInt32(bytes.byteCount), at: offset)
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: self[start...]).copyMemory(from: $0) }
        return start + bytes.byteCount
    }

    /// Stores a number in base 128: see ``Varint``.
    ///
    /// - Returns: where it ends.
    @inlinable
    @inline(__always)
    package func store(varint number: UInt32, at offset: Int) -> Int {
        var end = offset
        var rest = number
        while rest >= 0x80 {
            self[end] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
            end += 1
        }
        self[end] = UInt8(rest)
        return end + 1
    }
}
