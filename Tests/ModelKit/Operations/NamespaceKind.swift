package import KVStore

/// How a namespace of a checked store was created.
package enum NamespaceKind: String, Sendable, Hashable, CaseIterable {
    case plain, expiring, add64, min, max, append, setUnion
    /// With merge operators of the test's own, of which one fails now and then.
    case tail, refusing

    /// How long entries of an expiring namespace live.
    static let secondsToLive = 20

    /// Keeps the last bytes of what it combines.
    package static let tailOperator = MergeOperator("tail") { earlier, later in
        Array((Array(earlier) + Array(later)).suffix(tailLength))
    }
    static let tailLength = 24

    /// Keeps the first bytes of what it combines, and fails where one of the two is marked.
    package static let refusingOperator = MergeOperator("refusing") { earlier, later in
        let (earlier, later) = (Array(earlier), Array(later))
        guard earlier.first != refused, later.first != refused else { throw Planned() }
        return Array((earlier + later).prefix(tailLength))
    }
    static let refused: UInt8 = 0xEE

    var mergeOperator: MergeOperator? {
        switch self {
        case .plain, .expiring: nil
        case .add64: .add64
        case .min: .min
        case .max: .max
        case .append: .append
        case .setUnion: .setUnion
        case .tail: Self.tailOperator
        case .refusing: Self.refusingOperator
        }
    }

    func options(_ changes: ChangeRetention?) -> NamespaceOptions {
        NamespaceOptions(
            mergeOperator: mergeOperator, timeToLive: self == .expiring ? .seconds(Self.secondsToLive) : nil,
            changes: changes)
    }

    /// What the model makes of a value and an operand: written for itself, so that it shares no mistake.
    ///
    /// - Returns: nil where the operator fails.
    func combine(_ value: [UInt8], _ operand: [UInt8]) -> [UInt8]? {
        switch self {
        case .plain, .expiring: return operand
        case .add64:
            var carry = 0
            return (0..<8).map { index in
                let sum = Int(value[index]) + Int(operand[index]) + carry
                carry = sum >> 8
                return UInt8(sum & 0xFF)
            }
        case .min: return order(value, operand) <= 0 ? value : operand
        case .max: return order(value, operand) >= 0 ? value : operand
        case .append: return value + operand
        case .tail: return Array((value + operand).suffix(Self.tailLength))
        case .refusing:
            if value[0] == Self.refused || operand[0] == Self.refused { return nil }
            return Array((value + operand).prefix(Self.tailLength))
        case .setUnion:
            // Elements of this test are of one byte: a length of 1, then the byte.
            let elements = Set((value + operand).enumerated().filter { $0.offset & 1 == 1 }.map(\.element))
            return elements.sorted().flatMap { [1, $0] }
        }
    }
}
