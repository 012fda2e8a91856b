internal import KVStore

// Readers of changes whose places are kept.
extension OperationSource {
    mutating func fillConsumer(_ operation: inout Operation) {
        operation.handle = number(0...2)
        // Where there are some, most often.
        if !setup.takesConsumers(operation.namespace), chance(80) { operation.namespace = number(0...1) }
        switch operation.kind {
        case .addConsumer: operation.isReversed = chance(30)
        case .readConsumer:
            operation.count = chance(60) ? 0 : number(1...8)
            operation.isReversed = chance(60)
            operation.key = Array("changes".utf8)
            operation.value = Value(count: 8, seed: UInt32(number(0...1_000_000)))
        case .acknowledge:
            operation.count = number(0...30)
            operation.isReversed = chance(4)
        case .moveConsumer:
            operation.count = chance(20) ? 0 : number(1...1000)
            operation.isReversed = chance(50)
        default: break
        }
    }

    /// A consumer that reads what was written around something that ends its loops.
    mutating func followByConsumer(_ number: Int) {
        let handle = self.number(0...2)
        add(.addConsumer, number) { $1.handle = handle }
        for _ in 0..<2 {
            for _ in 0..<self.number(1...4) { add([.put, .write, .delete, .update, .put][self.number(0...4)], number) }
            let between: [Operation.Kind] = [.flush, .reopen, .restart, .rename, .checkpoint, .backup, .copy, .look]
            add(between[self.number(0...(between.count - 1))], number) { source, operation in
                // Goes on with the copy.
                if [.checkpoint, .backup, .copy].contains(operation.kind) { operation.count = 1 }
                if operation.kind == .reopen { (operation.count, operation.steps) = (0, []) }
            }
            if chance(50) { add(.put, number) }
            add(.readConsumer, number) { ($1.handle, $1.isReversed) = (handle, true) }
            if chance(60) { add(.acknowledge, number) { ($1.handle, $1.isReversed) = (handle, false) } }
        }
        add(.readConsumer, number) { ($1.handle, $1.count, $1.isReversed) = (handle, 0, true) }
    }
}
