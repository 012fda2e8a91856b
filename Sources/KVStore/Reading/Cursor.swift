/// A place in the ordered entries of a range, to move forward and backward without copying.
///
/// A new cursor stands outside the range: ``next()`` goes to its first entry, ``previous()`` to its last. It sees the
/// entries that were there when it was made. The spans of ``key`` and ``value`` are good until the cursor moves, which
/// the compiler checks:
///
/// ```swift
/// var cursor = try orders.cursor(.prefix("order/"))
/// while try cursor.next() {
///     let key = cursor.key
///     print(key.byteCount, cursor.value.byteCount)
/// }
/// ```
///
/// Use it on one thread at a time. It keeps the database open for as long as it lives; when the store is closed or the
/// namespace reopened, moving throws `.closed`, when the namespace is dropped, `.namespaceNotFound`.
public struct Cursor: ~Copyable {
    private let iterator: EngineIterator
    private let context: ErrorContext
    private let isEmptyRange: Bool
    private var place = Place.outside
    private var keyStart = UnsafeRawBufferPointer(start: nil, count: 0)

    private enum Place { case outside, entry, afterLast, beforeFirst }

    init(_ iterator: consuming EngineIterator, _ range: KeyRange, _ context: ErrorContext) {
        self.iterator = iterator
        self.context = context
        // The engine does not take bounds that are the wrong way round.
        isEmptyRange = range.isEmpty
    }

    /// Moves to the next entry, to the first from outside the range.
    ///
    /// - Returns: whether there is one. After the last, `false` again and again.
    /// - Throws: why the cursor could not move: `.corruption`, `.ioError`, `.closed`.
    public mutating func next() throws(StoreError) -> Bool {
        switch place {
        case .entry: try move { $0.next() }
        case .outside, .beforeFirst: try move { $0.seekToFirst() }
        case .afterLast: return false
        }
        if place == .outside { place = .afterLast }
        return place == .entry
    }

    /// Moves to the entry before, to the last from outside the range.
    ///
    /// - Returns: whether there is one. Before the first, `false` again and again.
    /// - Throws: as ``next()``.
    public mutating func previous() throws(StoreError) -> Bool {
        switch place {
        case .entry: try move { $0.previous() }
        case .outside, .afterLast: try move { $0.seekToLast() }
        case .beforeFirst: return false
        }
        if place == .outside { place = .beforeFirst }
        return place == .entry
    }

    /// Moves to the first entry at or after `key`.
    ///
    /// - Returns: whether there is one in the range.
    /// - Throws: as ``next()``.
    @discardableResult
    public mutating func seek(to key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> Bool {
        try key.withBytes { (key) throws(StoreError) in try move { $0.seek(key) } }
        if place == .outside { place = .afterLast }
        return place == .entry
    }

    /// Moves to the last entry at or before `key`.
    ///
    /// - Returns: whether there is one in the range.
    /// - Throws: as ``next()``.
    @discardableResult
    public mutating func seek(backTo key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> Bool {
        try key.withBytes { (key) throws(StoreError) in try move { $0.seekBackward(key) } }
        if place == .outside { place = .beforeFirst }
        return place == .entry
    }

    /// Whether the cursor is at an entry.
    public var isAtEntry: Bool { place == .entry }

    /// The key of the entry that the cursor is at; empty when it is at none.
    public var key: RawSpan {
        @_lifetime(borrow self) borrowing get {
            let bytes = place == .entry ? iterator.key : UnsafeRawBufferPointer(start: nil, count: 0)
            return _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
        }
    }

    /// The value of the entry that the cursor is at; empty when it is at none.
    public var value: RawSpan {
        @_lifetime(borrow self) borrowing get {
            let bytes = place == .entry ? iterator.value : UnsafeRawBufferPointer(start: nil, count: 0)
            return _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
        }
    }

    /// Moves the engine's iterator and finds out where that led: to an entry, or `.outside`.
    private mutating func move(_ step: (borrowing EngineIterator) -> Void) throws(StoreError) {
        place = .outside
        let database = iterator.keyspace.database
        guard !database.isClosed else { throw context.error(database.endingFailure, .cursor) }
        guard !isEmptyRange else { return }
        step(iterator)
        if iterator.isValid {
            place = .entry
            return
        }
        do throws(EngineFailure) {
            try iterator.check()
        } catch {
            throw context.error(error, .cursor)
        }
    }
}

@available(*, unavailable, message: "a cursor is used on one thread at a time")
extension Cursor: Sendable {}
