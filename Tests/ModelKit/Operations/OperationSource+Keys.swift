internal import FaultKit
internal import KVStore

// What operations are about: keys, values, ranges, and how durable a commit is.
extension OperationSource {
    mutating func key() -> [UInt8] {
        let kind = number(0...99)
        if kind < 85 {
            let length = [0, 1, 2, 2, 3, 3, 3, 3, 4, 4][number(0...9)]
            return letters(length)
        }
        if kind < 94 { return Array("common/".utf8) + letters(number(0...2)) }
        return [UInt8](repeating: chance(50) ? 0xFF : 0x61, count: number(1...(chance(90) ? 6 : 40)))
    }

    private mutating func letters(_ count: Int) -> [UInt8] {
        var bits = random.next()
        return (0..<count).map { _ in
            defer { bits >>= 2 }
            return [0x00, 0x61, 0x62, 0xFF][Int(bits & 3)]
        }
    }

    mutating func value() -> Value {
        let kind = number(0...9999)
        let count =
            switch kind {
            case ..<5000: number(0...16)
            case ..<8500: number(0...128)
            case ..<9800: number(0...1024)
            case ..<9997: number(0...4096)
            default: number(100_000...300_000)
            }
        return Value(count: count, seed: UInt32(truncatingIfNeeded: random.next()))
    }

    mutating func setRange(_ operation: inout Operation) {
        switch number(0...9) {
        case 0: break
        case 1: operation.lower = key()
        case 2: operation.upper = key()
        case 3, 4: operation.prefix = letters(number(0...2))
        default: (operation.lower, operation.upper) = (key(), key())
        }
        // The wrong way round now and then.
        if let lower = operation.lower, let upper = operation.upper, order(lower, upper) > 0, chance(90) {
            (operation.lower, operation.upper) = (upper, lower)
        }
    }

    mutating func durability() -> Durability? {
        switch number(0...999) {
        case ..<5: .synced
        case ..<15: .unlogged
        case ..<300: .buffered
        default: nil
        }
    }
}
