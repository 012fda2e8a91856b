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
/// Use it on one thread at a time. It keeps the database open for as long as it lives, also from
/// ``Namespace/reopen()``; when the store is closed, moving throws `.closed`, when the namespace is dropped,
/// `.namespaceNotFound`.
public struct Cursor: ~Copyable {
    private let iterator: EngineIterator
    private let context: ErrorContext
    private let isEmptyRange: Bool
    private var place = Place.outside
    /// Whether a step is one of the engine's and no more: nothing over it, nothing beside it, nothing hidden, nothing
    /// to note.
    private let isPlain: Bool
    /// How many more entries it may move to.
    private var remaining: Int
    /// The writes of an update or a transaction over what the iterator reads.
    private var overlay: OverlayCursor?
    /// Where a transaction notes what it has read.
    private let read: ReadSpan?

    private enum Place {
        case outside, entry, afterLast, beforeFirst
        /// An entry of a plain cursor, from which a step is one of the engine's.
        case plainEntry
    }

    init(
        _ iterator: consuming EngineIterator, _ range: KeyRange, _ context: ErrorContext, limit: Int?,
        overlay: OverlayCursor? = nil, read: ReadSpan? = nil
    ) {
        isPlain = overlay == nil && read == nil && limit == nil && iterator.isPlain
        remaining = limit ?? .max
        self.iterator = iterator
        self.context = context
        self.overlay = overlay
        self.read = read
        // The engine does not take bounds that are the wrong way round.
        isEmptyRange = range.isEmpty
    }

    /// Moves to the next entry, to the first from outside the range.
    ///
    /// - Returns: whether there is one. After the last, `false` again and again.
    /// - Throws: why the cursor could not move: `.corruption`, `.ioError`, `.closed`.
    @available(*, noasync, message: "a step may wait for the disk; in async code, use entries or withCursor")
    public mutating func next() throws(StoreError) -> Bool {
        if place == .plainEntry, !iterator.isClosed {
            if iterator.plainNext() { return true }
            return try endOfSteps(.afterLast)
        }
        return try moveForward()
    }

    private mutating func moveForward() throws(StoreError) -> Bool {
        switch place {
        case .entry, .plainEntry: try step(isForward: true)
        case .outside, .beforeFirst:
            read?.noteStart()
            try move(isForward: true, { $0.seekToFirst() }, { $0.goToFirst() })
        case .afterLast: return false
        }
        if place == .outside { place = .afterLast }
        return isAtEntry
    }

    /// Moves to the entry before, to the last from outside the range.
    ///
    /// - Returns: whether there is one. Before the first, `false` again and again.
    /// - Throws: as ``next()``.
    @available(*, noasync, message: "a step may wait for the disk; in async code, use entries or withCursor")
    @inline(never)  // unlike next, or the optimiser makes one function of both, which each then calls
    public mutating func previous() throws(StoreError) -> Bool {
        if place == .plainEntry, !iterator.isClosed {
            if iterator.plainPrevious() { return true }
            return try endOfSteps(.beforeFirst)
        }
        return try moveBackward()
    }

    private mutating func moveBackward() throws(StoreError) -> Bool {
        switch place {
        case .entry, .plainEntry: try step(isForward: false)
        case .outside, .afterLast:
            read?.noteEnd()
            try move(isForward: false, { $0.seekToLast() }, { $0.goToLast() })
        case .beforeFirst: return false
        }
        if place == .outside { place = .beforeFirst }
        return isAtEntry
    }

    /// Moves to the first entry at or after `key`.
    ///
    /// - Returns: whether there is one in the range.
    /// - Throws: as ``next()``.
    @available(*, noasync, message: "a step may wait for the disk; in async code, use entries or withCursor")
    @discardableResult
    public mutating func seek(to key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> Bool {
        try key.withBytes { (key) throws(StoreError) in
            if let read { key.withUnsafeBytes { read.note($0) } }
            try move(isForward: true, { $0.seek(key) }, { $0.seek(key) })
        }
        if place == .outside { place = .afterLast }
        return isAtEntry
    }

    /// Moves to the last entry at or before `key`.
    ///
    /// - Returns: whether there is one in the range.
    /// - Throws: as ``next()``.
    @available(*, noasync, message: "a step may wait for the disk; in async code, use entries or withCursor")
    @discardableResult
    public mutating func seek(backTo key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> Bool {
        try key.withBytes { (key) throws(StoreError) in
            if let read { key.withUnsafeBytes { read.note($0) } }
            try move(isForward: false, { $0.seekBackward(key) }, { $0.seekBackward(key) })
        }
        if place == .outside { place = .beforeFirst }
        return isAtEntry
    }

    /// Whether the cursor is at an entry.
    public var isAtEntry: Bool { place == .plainEntry || place == .entry }

    /// The key of the entry that the cursor is at; empty when it is at none.
    public var key: RawSpan {
        @_lifetime(borrow self) borrowing get {
            if place == .plainEntry {
                return _overrideLifetime(RawSpan(_unsafeBytes: iterator.key), borrowing: self)
            }
            return mergedKey
        }
    }

    /// The value of the entry that the cursor is at; empty when it is at none.
    public var value: RawSpan {
        @_lifetime(borrow self) @inline(never) borrowing get {  // unlike key: see previous
            if place == .plainEntry {
                return _overrideLifetime(RawSpan(_unsafeBytes: iterator.storedValue), borrowing: self)
            }
            return mergedValue
        }
    }

    private var mergedKey: RawSpan {
        @_lifetime(borrow self) @inline(never) borrowing get {
            guard place == .entry else { return RawSpan() }
            if isAtOwnWrite, let write = overlay?.write {
                return _overrideLifetime(write.key.span.bytes, borrowing: self)
            }
            return _overrideLifetime(RawSpan(_unsafeBytes: iterator.key), borrowing: self)
        }
    }

    private var mergedValue: RawSpan {
        @_lifetime(borrow self) @inline(never) borrowing get {
            guard place == .entry else { return RawSpan() }
            if isAtOwnWrite, let value = overlay?.value {
                return _overrideLifetime(value.span.bytes, borrowing: self)
            }
            return _overrideLifetime(RawSpan(_unsafeBytes: iterator.value), borrowing: self)
        }
    }

    /// Whether the entry that the cursor is at is a write of the update or transaction.
    private var isAtOwnWrite: Bool { place == .entry && overlay?.isCurrent == true }
}

extension Cursor {
    /// Where the engine's iterator came to no entry: the end of the range, unless it failed.
    private mutating func endOfSteps(_ end: Place) throws(StoreError) -> Bool {
        place = .outside
        do throws(EngineFailure) {
            try iterator.check()
        } catch {
            throw context.error(error, .cursor)
        }
        place = end
        return false
    }

    /// Moves from an entry to the one beside it.
    @inline(__always)
    private mutating func step(isForward: Bool) throws(StoreError) {
        guard overlay == nil else { return try stepMerged(isForward: isForward) }
        if isForward {
            try move(isForward: true, { $0.next() }, { (_) in })
        } else {
            try move(isForward: false, { $0.previous() }, { (_) in })
        }
    }

    /// Moves the engine's iterator and the place among the writes over it, and finds out where that led: to an
    /// entry, or `.outside`.
    @inline(__always)
    private mutating func move(
        isForward: Bool, _ step: (borrowing EngineIterator) -> Void, _ stepOverlay: (inout OverlayCursor) -> Void
    ) throws(StoreError) {
        try arrive(isForward: isForward) { (iterator, overlay) throws(EngineFailure) in
            step(iterator)
            guard overlay != nil else {
                try iterator.skipHidden(isForward: isForward)
                return iterator.isValid
            }
            stepOverlay(&overlay!)
            overlay!.isForward = isForward
            return try overlay!.settle(iterator)
        }
    }

    private mutating func stepMerged(isForward: Bool) throws(StoreError) {
        let isAtOwnWrite = isAtOwnWrite
        let key = Array(self.key)
        try arrive(isForward: isForward) { (iterator, overlay) throws(EngineFailure) in
            if overlay!.isForward != isForward {
                Self.turn(iterator, &overlay!, at: key)
            } else if isAtOwnWrite {
                overlay!.step()
            } else {
                iterator.step(isForward: isForward)
            }
            return try overlay!.settle(iterator)
        }
    }

    /// - Parameter move: moves, and returns whether it came to an entry.
    @inline(__always)
    private mutating func arrive(
        isForward: Bool, _ move: (borrowing EngineIterator, inout OverlayCursor?) throws(EngineFailure) -> Bool
    ) throws(StoreError) {
        place = .outside
        let columnFamily = iterator.columnFamily
        guard !columnFamily.isClosed else { throw context.error(columnFamily.endingFailure, .cursor) }
        guard !isEmptyRange, remaining > 0 else { return }
        do throws(EngineFailure) {
            if try move(iterator, &overlay) { place = isPlain ? .plainEntry : .entry } else { try iterator.check() }
        } catch {
            throw context.error(error, .cursor)
        }
        if !isPlain, isAtEntry { remaining -= 1 }
        guard let read else { return }
        if isAtEntry {
            read.note(Array(key))
        } else if isForward {
            read.noteEnd()
        } else {
            read.noteStart()
        }
    }

    /// Turns round at `key`: both places go to what comes after it in the new direction.
    private static func turn(
        _ iterator: borrowing EngineIterator, _ overlay: inout OverlayCursor, at key: [UInt8]
    ) {
        overlay.isForward.toggle()
        let isForward = overlay.isForward
        if isForward {
            iterator.seek(key.span.bytes)
            overlay.seek(key.span.bytes)
        } else {
            iterator.seekBackward(key.span.bytes)
            overlay.seekBackward(key.span.bytes)
        }
        if overlay.write?.key == key { overlay.step() }
        if iterator.isValid, iterator.key.elementsEqual(key) { iterator.step(isForward: isForward) }
    }
}

@available(*, unavailable, message: "a cursor is used on one thread at a time")
extension Cursor: Sendable {}
