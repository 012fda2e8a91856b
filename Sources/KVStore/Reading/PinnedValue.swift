/// A value where the engine holds it, not copied.
///
/// It keeps the database open for as long as it lives, also when the store is closed meanwhile.
public struct PinnedValue: ~Copyable, @unchecked Sendable {  // immutable and owned here alone
    private let slice: EngineSlice
    private let keyspace: Keyspace
    @usableFromInline let start: UnsafeRawPointer
    /// The size of the value in bytes.
    public let count: Int

    init(_ slice: consuming EngineSlice, _ keyspace: Keyspace) {
        let buffer = slice.buffer
        start = buffer.baseAddress ?? PinnedValue.nowhere
        count = buffer.count
        self.slice = slice
        self.keyspace = keyspace
    }

    /// The bytes of the value.
    public var bytes: RawSpan {
        @_lifetime(borrow self) @inlinable borrowing get {
            _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: count), borrowing: self)
        }
    }

    /// Calls `body` with the bytes of the value. Faster than ``bytes`` where the value is bound with `if let`.
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
