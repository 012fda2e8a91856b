import KVStore

/// A namespace with the operator that appends, as a dictionary.
struct AppendingModel: Writable {
    private(set) var values: [[UInt8]: [UInt8]] = [:]

    typealias WriteFailure = Never

    mutating func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable
    ) {
        values[key.withBytes { Array($0) }] = value.withBytes { Array($0) }
    }

    /// Nothing expires here.
    mutating func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable,
        expiresAfter time: Duration
    ) {
        put(key, value)
    }

    mutating func merge(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ operand: borrowing some Bytes & ~Copyable & ~Escapable
    ) {
        values[key.withBytes { Array($0) }, default: []] += operand.withBytes { Array($0) }
    }

    mutating func delete(_ key: borrowing some Bytes & ~Copyable & ~Escapable) {
        values[key.withBytes { Array($0) }] = nil
    }

    mutating func deleteRange(_ range: KeyRange) {
        for key in values.keys where range.contains(key) { values[key] = nil }
    }

    func entries(in range: KeyRange) -> [Entry] {
        values.filter { range.contains($0.key) }.map { Entry(key: $0.key, value: $0.value) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }
}

/// A write or a read of an update or a transaction.
enum RandomStep {
    case put([UInt8], [UInt8])
    case merge([UInt8], [UInt8])
    case delete([UInt8])
    case deleteRange(KeyRange)
    case get([UInt8])
    case walk(KeyRange, [Move])

    enum Move { case next, previous, seek([UInt8]), seekBack([UInt8]) }

    init(_ random: inout SeededRandom) {
        func range() -> KeyRange {
            let (one, other) = (random.bytes(upTo: 2), random.bytes(upTo: 2))
            return KeyRange(lowerBound: min(one, other), upperBound: max(one, other))
        }
        func min(_ one: [UInt8], _ other: [UInt8]) -> [UInt8] { one.lexicographicallyPrecedes(other) ? one : other }
        func max(_ one: [UInt8], _ other: [UInt8]) -> [UInt8] { one.lexicographicallyPrecedes(other) ? other : one }
        switch Int.random(in: 0..<16, using: &random) {
        case 0..<4: self = .put(random.bytes(upTo: 2), random.bytes(upTo: 3))
        case 4..<7: self = .merge(random.bytes(upTo: 2), random.bytes(upTo: 2))
        case 7: self = .delete(random.bytes(upTo: 2))
        case 8: self = .deleteRange(range())
        case 9..<13: self = .get(random.bytes(upTo: 2))
        default:
            let moves = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                switch Int.random(in: 0..<8, using: &random) {
                case 0..<3: Move.next
                case 3..<6: Move.previous
                case 6: Move.seek(random.bytes(upTo: 2))
                default: Move.seekBack(random.bytes(upTo: 2))
                }
            }
            let isWhole = Bool.random(using: &random)
            self = .walk(isWhole ? .all : range(), moves)
        }
    }

    /// Writes, if it is a write.
    func write<Writer: Writable & ~Copyable>(in writer: inout Writer) throws(Writer.WriteFailure) {
        switch self {
        case .put(let key, let value): try writer.put(key, value)
        case .merge(let key, let operand): try writer.merge(key, operand)
        case .delete(let key): try writer.delete(key)
        case .deleteRange(let range): try writer.deleteRange(range)
        case .get, .walk: break
        }
    }
}

extension [RandomStep.Move] {
    /// The entries that a cursor comes to.
    func walk(_ cursor: inout Cursor) throws -> [Entry?] {
        var found: [Entry?] = []
        for move in self {
            let isThere =
                switch move {
                case .next: try cursor.next()
                case .previous: try cursor.previous()
                case .seek(let key): try cursor.seek(to: key)
                case .seekBack(let key): try cursor.seek(backTo: key)
                }
            found.append(isThere ? Entry(key: [UInt8](cursor.key), value: [UInt8](cursor.value)) : nil)
        }
        return found
    }

    /// The entries that a cursor over these should come to.
    func walk(_ entries: [Entry]) -> [Entry?] {
        var place: Int?
        return map { move in
            let next =
                switch move {
                case .next: place.map { Swift.min($0 + 1, entries.count) } ?? 0
                case .previous: place.map { Swift.max($0 - 1, -1) } ?? entries.count - 1
                case .seek(let key):
                    entries.firstIndex { !$0.key.lexicographicallyPrecedes(key) } ?? entries.count
                case .seekBack(let key):
                    entries.lastIndex { !key.lexicographicallyPrecedes($0.key) } ?? -1
                }
            place = next
            return entries.indices.contains(next) ? entries[next] : nil
        }
    }
}
