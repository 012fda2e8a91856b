// Reads, and moves of cursors.
extension OperationSource {
    mutating func fillRead(_ operation: inout Operation) {
        switch operation.kind {
        case .getMany:
            var keys = (0..<number(1...8)).map { _ in key() }
            if chance(40) { keys.sort { order($0, $1) < 0 } }
            if chance(20) { keys.append(keys[0]) }
            operation.steps = keys.map { key in
                var step = Operation(.key)
                step.key = key
                return step
            }
        case .scan:
            setRange(&operation)
            operation.isReversed = chance(50)
            operation.count = chance(90) ? number(1...20) : 0
        case .walk:
            setRange(&operation)
            operation.count = number(0...3)
            operation.steps = (0..<number(1...10)).map { _ in move([.next, .previous, .seek, .seekBack][number(0...3)])
            }
        default: operation.key = key()
        }
    }

    mutating func move(_ kind: Operation.Kind) -> Operation {
        var operation = Operation(kind)
        if kind == .seek || kind == .seekBack { operation.key = key() }
        return operation
    }
}
