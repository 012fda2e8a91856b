package import KVStore

/// One thing that is done to a store and its model: a plain value, so that a history of them can be kept, cut and
/// repeated. What it acts on is named by number (a namespace, a cursor, a snapshot), and what is not there makes it
/// ``Outcome/skipped``, so that every part of a history is a history too.
package struct Operation: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        // Reading, live or through a snapshot or in a transaction.
        case get, contains, withValue, getMany, scan, walk
        // Writing.
        case put, delete, deleteRange, merge, write, writeStore, update, transaction, together, ingest
        // Within a batch, an update, a transaction, a `getMany` or a `walk`.
        case savePoint, rollBack, clear, append, interfere, fail, key
        // By itself too: a call that is refused, whose error is caught.
        case refuse
        // What is kept and used later.
        case openCursor, next, previous, seek, seekBack, closeCursor
        case takeSnapshot, releaseSnapshot, pin, readPin, unpin, mark, changes
        case addConsumer, readConsumer, acknowledge, moveConsumer, removeConsumer, consumers
        // The care of a store.
        case flush, compact, sync, reopen, restart, verify, look, checkpoint, backup, copy, follow, readOnly, drop,
            create
        case rename, retune, setAttribute, advance, compare, repair, wander
    }

    package var kind: Kind
    /// Which namespace; the last is the application's metadata.
    package var namespace = 0
    /// Which cursor, snapshot, pinned value, mark or consumer.
    package var handle = 0
    /// The snapshot to read through; live when nil.
    package var snapshot: Int?
    package var key: [UInt8] = []
    package var lower: [UInt8]?
    package var upper: [UInt8]?
    package var prefix: [UInt8]?
    package var value = Value()
    /// A limit, a number of attempts, seconds or a variant; zero for none.
    package var count = 0
    /// How many seconds the entry that it puts lives; zero for as long as the namespace says.
    package var time = 0
    package var isReversed = false
    package var isAsync = false
    package var durability: Durability?
    package var steps: [Operation] = []

    package init(_ kind: Kind) { self.kind = kind }

    func contains(_ kinds: Set<Kind>) -> Bool { kinds.contains(kind) || steps.contains { $0.contains(kinds) } }

    /// The attribute that it is about, and the value that it gets; nil to remove it.
    var attribute: (name: String, value: String?) {
        ("attribute \(handle)", isReversed ? nil : "value \(value.seed)")
    }

    /// The range that it is about.
    var range: KeyRange {
        if let prefix { return .prefix(prefix) }
        switch (lower, upper) {
        case (nil, nil): return .all
        case (let lower?, nil): return KeyRange(from: lower)
        case (nil, let upper?): return KeyRange(upTo: upper)
        case (let lower?, let upper?): return KeyRange(from: lower, to: upper)
        }
    }

    /// The bounds of the range as the model has them, found without the library.
    var bounds: (lower: [UInt8]?, upper: [UInt8]?) {
        guard let prefix else { return (lower, upper) }
        // The first key that is above all that begin so.
        var next = prefix
        while next.last == 0xFF { next.removeLast() }
        if !next.isEmpty { next[next.count - 1] += 1 }
        return (prefix, next.isEmpty ? nil : next)
    }
}

/// A value as a size and a number that its bytes are made from, so that a history stays short.
package struct Value: Sendable, Hashable {
    package var count: UInt32 = 0
    package var seed: UInt32 = 0

    package init(count: Int = 0, seed: UInt32 = 0) {
        self.count = UInt32(count)
        self.seed = seed
    }

    /// The bytes, in the form that values of such a namespace have.
    package func bytes(for kind: NamespaceKind) -> [UInt8] {
        switch kind {
        case .add64: MergeOperator.number(Int64(Int32(bitPattern: seed)))
        case .setUnion:
            MergeOperator.set(of: (0..<(count % 4)).map { [UInt8(truncatingIfNeeded: seed >> ($0 * 3)) % 7] })
        case .plain, .expiring, .min, .max, .append, .tail: pattern
        case .refusing: [isRefused ? NamespaceKind.refused : 0] + pattern
        }
    }

    /// Whether it is one that a merge operator of the test refuses.
    var isRefused: Bool { seed & Self.refusedBits == Self.refusedBits }

    mutating func makeRefused() { seed |= Self.refusedBits }

    private static let refusedBits: UInt32 = 0xFFF

    /// Half noise and half repetition, as data that is worth compressing.
    private var pattern: [UInt8] {
        let count = Int(count)
        return [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
            var word = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
            for index in 0..<count {
                if index & 31 == 0 { word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB }
                bytes[index] = UInt8(truncatingIfNeeded: word >> UInt64(8 * (index & 7)))
            }
            initialized = count
        }
    }
}
