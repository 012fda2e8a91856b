internal import KVStore

// Closures that read and write, with others beside them.
extension OperationSource {
    mutating func updateSteps(_ count: Int, _ kind: NamespaceKind) -> [Operation] {
        // Refused, and nothing else to be told.
        if kind.mergeOperator == nil, chance(1) { return [writeStep(.merge)] }
        let time = time(kind)
        let merge: Operation.Kind = kind.mergeOperator == nil ? .put : .merge
        return (0..<count).map { _ in
            if number(0...99) < 1 { return Operation(.fail) }
            if number(0...199) < 1 { return Operation(.refuse) }
            let kinds: [Operation.Kind] =
                [.get, .get, .contains, .scan, .walk, .put, .put, .delete, merge, chance(40) ? .deleteRange : .put]
            let kind = kinds[number(0...(kinds.count - 1))]
            if kind == .scan || kind == .walk {
                var step = Operation(kind)
                fillRead(&step)
                return step
            }
            return writeStep(kind, time)
        }
    }

    /// A write of an update or a transaction, or a read of one key.
    private mutating func writeStep(_ kind: Operation.Kind, _ time: Int = 0) -> Operation {
        var step = Operation(kind)
        if kind == .deleteRange {
            setRange(&step)
            // One without an upper bound is refused.
            if step.bounds.upper == nil { (step.lower, step.upper, step.prefix) = (nil, key(), nil) }
            return step
        }
        step.key = key()
        if kind == .put || kind == .merge { step.value = value() }
        if kind == .put { step.time = time }
        return step
    }

    mutating func fillTransaction(_ operation: inout Operation) {
        operation.durability = durability()
        operation.count = number(1...3)
        operation.isAsync = chance(40)
        let merges = setup.kind(operation.namespace).mergeOperator != nil
        // Refused elsewhere, which would end it.
        let time = setup.kind(operation.namespace) == .expiring ? time(.expiring) : 0
        // One that suspends has no cursor.
        let kinds: [Operation.Kind] =
            [.get, .contains, .withValue, .getMany, .scan, operation.isAsync ? .scan : .walk]
            + [.put, .put, .delete, merges ? .merge : .put] + (chance(40) ? [.deleteRange] : [])
        for _ in 0..<number(1...6) {
            let kind = kinds[number(0...(kinds.count - 1))]
            switch kind {
            case .put, .delete, .merge, .deleteRange: operation.steps.append(writeStep(kind, time))
            default:
                var step = Operation(kind)
                fillRead(&step)
                operation.steps.append(step)
            }
        }
        if chance(2) { operation.steps.append(Operation(.fail)) }
        if chance(5) {
            var refused = Operation(.refuse)
            refused.count = number(0...1)
            operation.steps.insert(refused, at: number(0...operation.steps.count))
        }
        if chance(40) { interfere(&operation) }
    }

    /// Has plain calls come in the middle of an update or a transaction.
    mutating func interfere(_ operation: inout Operation) {
        let isUpdate = operation.kind == .update
        let kinds: [Operation.Kind] =
            [.put, .put, .put, .delete, .delete, .write, .deleteRange, .ingest, .flush, .merge]
            + (isUpdate ? [] : [.update, .compact, .advance])
        // What it reads is what is written, if it is to be seen.
        let keys = operation.steps.map(\.key).filter { !$0.isEmpty }
        var other = Operation(.interfere)
        for _ in 0..<number(1...2) {
            var call = Operation(kinds[number(0...(kinds.count - 1))])
            call.namespace = operation.namespace
            fill(&call)
            call.namespace = operation.namespace
            call.isAsync = call.kind != .advance && chance(30)
            if call.kind == .update { call.steps.removeAll { $0.kind == .interfere } }
            if !call.key.isEmpty, let key = keys.isEmpty ? nil : keys[number(0...(keys.count - 1))], chance(60) {
                call.key = key
            }
            other.steps.append(call)
        }
        operation.steps.insert(other, at: number(0...operation.steps.count))
        guard isUpdate, let key = other.steps[0].key.isEmpty ? keys.first : other.steps[0].key else { return }
        // Before and after, and once more in the next update, which may remember.
        var read = Operation(.get)
        read.key = key
        operation.steps.insert(read, at: 0)
        if chance(70) { operation.steps.append(read) }
        if chance(30) {
            var next = Operation(.update)
            next.namespace = operation.namespace
            next.steps = [read]
            pending.append(next)
        }
    }

    mutating func fillTogether(_ operation: inout Operation) {
        // One that fails ends the others.
        if setup.kind(operation.namespace) == .refusing { operation.namespace = 0 }
        var keys: Set<[UInt8]> = []
        for _ in 0..<number(2...12) { keys.insert(key()) }
        operation.steps = keys.sorted { order($0, $1) < 0 }.map { key in
            var step = Operation([.put, .delete, .get, .update][number(0...3)])
            step.namespace = operation.namespace
            step.durability = durability()
            step.key = key
            if step.kind == .put { step.value = value() }
            if step.kind == .update {
                step.key = []
                step.steps = updateSteps(number(1...3), setup.kind(operation.namespace)).map { inner in
                    var inner = inner
                    switch inner.kind {
                    case .get, .contains, .put, .delete: break
                    case .merge where setup.kind(operation.namespace).mergeOperator != nil: break
                    // A failure would end the others, and a range is theirs too.
                    default: inner = Operation(.get)
                    }
                    inner.key = key
                    if setup.kind(operation.namespace) != .expiring { inner.time = 0 }
                    return inner
                }
            }
            return step
        }
    }
}
