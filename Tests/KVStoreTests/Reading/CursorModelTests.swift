import KVStore
import Testing

/// Random moves of a cursor against the same moves in a sorted array.
@Suite("Cursors against a model")
struct CursorModelTests {
    @Test("Whatever the moves, a cursor stands where a place in a sorted array would", arguments: Variant.allCases)
    func moves(_ variant: Variant) throws {
        var random = SeededRandom(test: "Cursors against a model (\(variant))")
        try withTemporaryStore(variant.configuration) { _, namespace in
            var content: [[UInt8]: [UInt8]] = [:]
            for step in 0..<400 {
                let key = random.bytes(upTo: 4)
                if Bool.random(using: &random) || step < 50 {
                    let value = Array("\(step)".utf8)
                    content[key] = value
                    try namespace.put(key, value)
                } else {
                    content[key] = nil
                    try namespace.delete(key)
                }
                if step % 100 == 99 { try namespace.flush() }
            }
            let sorted = content.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            #expect(try namespace.entries().collect().map(\.key) == sorted.map(\.key))
            let snapshot = try namespace.snapshot()
            for round in 0..<60 {
                let range = random.range()
                var model = CursorModel(sorted.filter { range.contains($0.key) })
                var cursor = try round.isMultiple(of: 2) ? namespace.cursor(range) : snapshot.cursor(range)
                var moves: [Move] = []
                for _ in 0..<40 {
                    let move = random.move()
                    moves.append(move)
                    let (isThere, isExpected) = (try cursor.make(move), model.make(move))
                    let (key, value) = (Array(cursor.key), Array(cursor.value))
                    try #require(isThere == isExpected, "\(range) \(moves)")
                    try #require(cursor.isAtEntry == (model.entry != nil), "\(range) \(moves)")
                    try #require(key == model.entry?.key ?? [], "\(range) \(moves)")
                    try #require(value == model.entry?.value ?? [], "\(range) \(moves)")
                }
            }
        }
    }
}

private enum Move {
    case next, previous
    case seek([UInt8])
    case seekBack([UInt8])
}

/// A place in a sorted array: between two entries, or at one.
private struct CursorModel {
    private let entries: [(key: [UInt8], value: [UInt8])]
    /// -1 before the first, `entries.count` after the last; nil where a new cursor is.
    private var place: Int?

    init(_ entries: [(key: [UInt8], value: [UInt8])]) { self.entries = entries }

    var entry: (key: [UInt8], value: [UInt8])? {
        guard let place, entries.indices.contains(place) else { return nil }
        return entries[place]
    }

    mutating func make(_ move: Move) -> Bool {
        switch move {
        case .next: place = min((place ?? -1) + 1, entries.count)
        case .previous: place = max((place ?? entries.count) - 1, -1)
        case .seek(let key):
            place = entries.firstIndex { !$0.key.lexicographicallyPrecedes(key) } ?? entries.count
        case .seekBack(let key):
            place = entries.lastIndex { !key.lexicographicallyPrecedes($0.key) } ?? -1
        }
        return entry != nil
    }
}

extension Cursor {
    fileprivate mutating func make(_ move: Move) throws -> Bool {
        switch move {
        case .next: try next()
        case .previous: try previous()
        case .seek(let key): try seek(to: key)
        case .seekBack(let key): try seek(backTo: key)
        }
    }
}

extension SeededRandom {
    fileprivate mutating func move() -> Move {
        switch Int.random(in: 0..<10, using: &self) {
        case 0..<4: .next
        case 4..<8: .previous
        case 8: .seek(bytes(upTo: 4))
        default: .seekBack(bytes(upTo: 4))
        }
    }

    fileprivate mutating func range() -> KeyRange {
        switch Int.random(in: 0..<6, using: &self) {
        case 0: .all
        case 1: KeyRange(from: bytes(upTo: 2))
        case 2: KeyRange(upTo: bytes(upTo: 2))
        case 3: .prefix(bytes(upTo: 2))
        default: KeyRange(from: bytes(upTo: 3), to: bytes(upTo: 3))
        }
    }
}
