public import KVStoreInterface

/// Where a key is written.
///
/// A value of your own writes its parts with ``encode(_:)``. Make one yourself to encode many keys into the same memory:
///
/// ```swift
/// var encoder = KeyEncoder()
/// for number in 1...1000 {
///     encoder.removeAll()
///     encoder.encode("order", number)
///     batch.put(encoder, value)
/// }
/// ```
public struct KeyEncoder: ~Copyable {
    @usableFromInline var start: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    @usableFromInline var ownsMemory: Bool
    /// How many nested keys this is in, where null is written otherwise.
    @usableFromInline var depth = 0
    /// How many bytes were written.
    public var count: Int { length }
    @usableFromInline var length = 0

    /// The keys of most fit into this, on the stack.
    @usableFromInline static let usualSize = 256

    /// An empty one.
    public init() {
        start = .allocate(capacity: Self.usualSize)
        capacity = Self.usualSize
        ownsMemory = true
    }

    /// One that writes to memory that is there, and to its own when that is full.
    @inlinable
    init(_ room: UnsafeMutableRawBufferPointer) {
        // Never nil: the room is not empty.
        start = room.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
        capacity = room.count
        ownsMemory = false
    }

    @inlinable
    deinit {
        if ownsMemory { start.deallocate() }
    }

    /// Forgets what was written, and keeps the memory.
    public mutating func removeAll() {
        length = 0
        depth = 0
    }

    /// Writes values, one after another.
    @inlinable
    public mutating func encode<each Part: KeyCodable>(_ parts: repeat each Part) {
        repeat (each parts).encode(into: &self)
    }

    /// Writes what `body` writes, which is one element, so that larger values come first.
    @inlinable
    mutating func descending(_ body: (inout KeyEncoder) -> Void) {
        let first = length
        body(&self)
        guard first < length else { return }
        let code = start[first]
        // Inverted, the end would come after what goes on, and could not be told from it.
        if ElementCode.isTerminated(code) { append(0) }
        for place in first..<length { start[place] = ~start[place] }
        start[first] = ElementCode.inverted(code)
    }

    /// Writes what `body` writes as one element.
    @inlinable
    mutating func nested(_ body: (inout KeyEncoder) -> Void) {
        append(ElementCode.nested)
        depth += 1
        body(&self)
        depth -= 1
        append(0)
    }

    @inlinable
    mutating func appendNull() {
        append(ElementCode.null)
        if depth > 0 { append(0xFF) }
    }

    @inlinable
    mutating func append(_ byte: UInt8) {
        reserve(1)
        start[length] = byte
        length &+= 1
    }

    /// Writes bytes as they are.
    @inlinable
    mutating func append(_ bytes: RawSpan) {
        reserve(bytes.byteCount)
        let place = UnsafeMutableRawPointer(start + length)
        bytes.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress { place.copyMemory(from: source, byteCount: bytes.count) }
        }
        length &+= bytes.byteCount
    }

    /// Writes the first bytes of a number, the highest first.
    @inlinable
    mutating func append(_ number: UInt64, byteCount: Int) {
        reserve(8)
        let shifted = byteCount == 0 ? 0 : number << (64 - 8 * UInt64(byteCount))
        UnsafeMutableRawPointer(start + length).storeBytes(of: shifted.bigEndian, as: UInt64.self)
        length &+= byteCount
    }

    /// Writes bytes with zeros escaped, without their end.
    @usableFromInline
    mutating func appendEscaped(_ bytes: RawSpan) {
        let hasZero = bytes.withUnsafeBytes { bytes in
            // Without a way out, so that it is done many bytes at a time.
            bytes.reduce(false) { $0 || $1 == 0 }
        }
        guard hasZero else { return append(bytes) }
        bytes.withUnsafeBytes { bytes in
            for byte in bytes {
                append(byte)
                if byte == 0 { append(0xFF) }
            }
        }
    }

    @inlinable
    mutating func reserve(_ room: Int) {
        if capacity &- length < room { grow(room) }
    }

    @usableFromInline
    @inline(never)
    mutating func grow(_ room: Int) {
        let larger = max(capacity * 2, length + room)
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        memory.update(from: start, count: length)
        if ownsMemory { start.deallocate() }
        (start, capacity, ownsMemory) = (memory, larger, true)
    }
}

extension KeyEncoder: Bytes {
    /// Calls `body` with what was written so far.
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: start, count: length).bytes)
    }
}
