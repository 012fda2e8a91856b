/// What writes have made of a key, as far as they tell.
enum KeyState: Equatable {
    case value([UInt8])
    case deleted
    /// They do not concern the key.
    case unknown
    /// Something was merged into it. Behind a reference: seldom, and the others are to stay small.
    indirect case merged(Merged)

    /// Operands, and what they are merged into.
    struct Merged: Equatable {
        enum Base: Equatable {
            case value([UInt8])
            case deleted
            /// What the writes below have made of the key, or the database holds.
            case unknown
        }

        let base: Base
        /// The earliest first; at least one.
        var operands: [[UInt8]]

        /// What the operands are merged into; nil where the key is not there.
        ///
        /// - Parameter below: what the writes below have made of the key, or the database holds.
        func value<Failure: Error>(over below: () throws(Failure) -> [UInt8]?) throws(Failure) -> [UInt8]? {
            switch base {
            case .value(let value): value
            case .deleted: nil
            case .unknown: try below()
            }
        }
    }

    /// The key after another merge. Takes the state, so that operands gather without being copied.
    consuming func merging(_ operand: [UInt8]) -> KeyState {
        switch consume self {
        case .value(let value): return .merged(Merged(base: .value(value), operands: [operand]))
        case .deleted: return .merged(Merged(base: .deleted, operands: [operand]))
        case .unknown: return .merged(Merged(base: .unknown, operands: [operand]))
        case .merged(var merged):
            merged.operands.append(operand)
            return .merged(merged)
        }
    }

    /// The key when these writes come after those that left it in another state.
    func over(_ below: KeyState) -> KeyState {
        switch self {
        case .value, .deleted: return self
        case .unknown: return below
        case .merged(let merged):
            guard merged.base == .unknown else { return self }
            switch below {
            case .value(let value): return .merged(Merged(base: .value(value), operands: merged.operands))
            case .deleted: return .merged(Merged(base: .deleted, operands: merged.operands))
            case .unknown: return self
            case .merged(let earlier):
                return .merged(Merged(base: earlier.base, operands: earlier.operands + merged.operands))
            }
        }
    }

    /// Whether the key holds something that the database has to tell.
    var isOpen: Bool {
        switch self {
        case .value, .deleted: false
        case .unknown: true
        case .merged(let merged): merged.base == .unknown
        }
    }
}
