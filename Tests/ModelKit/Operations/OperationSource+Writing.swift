internal import KVStore

// Plain writes, batches and loads.
extension OperationSource {
    mutating func fillWrite(_ operation: inout Operation) {
        operation.durability = durability()
        if operation.durability != .unlogged, number(0...999) < 4 { operation.count = 1 }
        switch operation.kind {
        case .write:
            operation.steps = batchSteps(number(1...8), isOuter: true)
            operation.isReversed = chance(50)
        case .deleteRange: setRange(&operation)
        case .merge:
            // Refused elsewhere, which once in a while is enough.
            if setup.kind(operation.namespace).mergeOperator == nil, chance(95) {
                operation.namespace = number(2...(setup.kinds.count - 1))
            }
            operation.key = key()
            operation.value = value()
            if setup.kind(operation.namespace) == .refusing, chance(2) { refuse(&operation) }
        default:
            operation.key = key()
            if operation.kind == .put {
                operation.value = value()
                operation.time = time(setup.kind(operation.namespace))
            }
        }
    }

    /// How many seconds an entry is to live, zero for as long as others; now and then where it cannot.
    mutating func time(_ kind: NamespaceKind) -> Int {
        chance(kind == .expiring ? 40 : 1) ? number(1...(3 * NamespaceKind.secondsToLive)) : 0
    }

    /// Makes a merge fail, and has its key put or deleted some operations later.
    private mutating func refuse(_ operation: inout Operation) {
        operation.value.makeRefused()
        let uses: [Operation.Kind] = [
            .get, .contains, .merge, .getMany, .scan, .walk, .next, .flush, .compact, .update,
        ]
        for _ in 0..<number(0...8) {
            postpone(uses[number(0...(uses.count - 1))], operation.namespace, chance(60) ? operation.key : nil)
        }
        postpone(chance(50) ? .put : .delete, operation.namespace, operation.key)
    }

    mutating func fillWriteStore(_ operation: inout Operation) {
        operation.durability = durability()
        operation.isReversed = chance(50)
        // Separate databases take one namespace only.
        let mayBeSeveral = setup.layout == .singleDatabase || chance(25)
        let first = number(0...(setup.kinds.count - (chance(3) ? 0 : 1)))
        let steps = batchSteps(number(1...8), isOuter: false)
        operation.steps = steps.map { step in
            var step = step
            step.namespace = mayBeSeveral && chance(60) ? number(0...(setup.kinds.count - 1)) : first
            if step.kind == .merge, setup.kind(step.namespace).mergeOperator == nil, chance(98) {
                step = Operation(.delete)
                step.namespace = first
                step.key = key()
            }
            if step.kind == .put { step.time = time(setup.kind(step.namespace)) }
            return step
        }
    }

    private mutating func batchSteps(_ count: Int, isOuter: Bool) -> [Operation] {
        let merges = setup.kind(namespace).mergeOperator != nil || chance(2)
        return (0..<count).map { _ in
            var step: Operation
            switch number(0...19) {
            case 0..<9: step = Operation(.put)
            case 9..<13: step = Operation(.delete)
            case 13..<16: step = Operation(merges ? .merge : .put)
            case 16: step = Operation(chance(30) ? .deleteRange : chance(3) ? .refuse : .put)
            case 17: step = Operation(isOuter ? .savePoint : .put)
            case 18: step = Operation(isOuter ? .rollBack : .put)
            default: step = Operation(isOuter ? (chance(20) ? .clear : .append) : .delete)
            }
            switch step.kind {
            case .put, .merge:
                step.key = key()
                step.value = value()
                if step.kind == .put { step.time = time(setup.kind(namespace)) }
            case .delete: step.key = key()
            case .deleteRange:
                setRange(&step)
                // One without an upper bound is refused.
                if step.bounds.upper == nil, chance(90) { (step.lower, step.upper, step.prefix) = (nil, key(), nil) }
            case .append: step.steps = batchSteps(number(1...3), isOuter: false)
            default: break
            }
            return step
        }
    }

    mutating func fillIngest(_ operation: inout Operation) {
        var keys: Set<[UInt8]> = []
        for _ in 0..<number(0...(chance(10) ? 400 : 40)) { keys.insert(key()) }
        operation.steps = keys.sorted { order($0, $1) < 0 }.map { key in
            var step = Operation(.put)
            step.key = key
            step.value = value()
            return step
        }
        if chance(5) { operation.steps.reverse() }
        guard chance(40) else { return }
        operation.isReversed = true
        operation.steps += operation.steps.filter { _ in chance(20) }.map { step in
            var again = step
            again.value = value()
            return again
        }
        operation.steps.shuffle(using: &random)
    }
}
