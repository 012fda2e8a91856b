/// A value where the engine holds it, not copied.
///
/// It keeps the database open for as long as it lives, also when the store is closed meanwhile.
public struct PinnedValue: ~Copyable, @unchecked Sendable {  // immutable and owned here alone
    private let slice: EngineSlice?
    /// What the bytes are in: the column family that the slice is of, or a copy.
    private let owner: AnyObject
    @usableFromInline let start: UnsafeRawPointer
    /// The size of the value in bytes.
    public let count: Int

    /// - Parameter hold: that of the column family. To be taken before the engine is called: taken after it, the column
    ///   family itself would be held meanwhile.
    @inline(__always)
    init(_ slice: consuming EngineSlice, _ hold: FamilyHold) {
        let buffer = slice.buffer
        start = buffer.baseAddress ?? PinnedValue.nowhere
        count = buffer.count
        self.slice = consume slice
        owner = hold
    }

    /// A copy of bytes that are not in the engine.
    init(copying bytes: [UInt8]) {
        let copy = CopiedBytes(bytes)
        start = UnsafeRawPointer(copy.start)
        count = bytes.count
        slice = nil
        owner = copy
    }

    /// The bytes of the value.
    public var bytes: RawSpan {
        @_lifetime(borrow self) @inlinable borrowing get {
            _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: count), borrowing: self)
        }
    }

    /// Calls `body` with the bytes of the value. Faster than ``bytes`` where the value is bound with `if let`.
    ///
    /// - Throws: what `body` throws, and nothing else.
    @inlinable
    public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes)
    }

    /// Where an empty value is.
    nonisolated(unsafe) private static let nowhere = UnsafeRawPointer(
        UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
}

/// Bytes in memory of their own, at an address that does not change.
private final class CopiedBytes {
    let start: UnsafeMutableRawPointer

    init(_ bytes: [UInt8]) {
        start = .allocate(byteCount: max(bytes.count, 1), alignment: 1)
        bytes.withUnsafeBytes { if let source = $0.baseAddress { start.copyMemory(from: source, byteCount: $0.count) } }
    }

    deinit { start.deallocate() }
}
