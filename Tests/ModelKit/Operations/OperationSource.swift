internal import FaultKit
internal import KVStore

/// Makes random operations, the same ones for the same seed. Keys are few and alike, so that operations meet.
package struct OperationSource: Sendable {
    private var random: SeededRandom
    let setup: Setup
    /// Only what is there whole or not at all when the process is killed.
    let isKillable: Bool
    /// What most operations are about for a while.
    var namespace = 0
    var pending: [Operation] = []
    private var hasBegun = false
    /// Kinds that are left out, within other operations too.
    private let without: Set<Operation.Kind>
    private let weights: [(kind: Operation.Kind, end: Int)]

    package init(_ setup: Setup, isKillable: Bool = false, without: Set<Operation.Kind> = []) {
        self.setup = setup
        self.without = without
        self.isKillable = isKillable
        random = SeededRandom(seed: SeededRandom.mix(setup.seed, 2))
        var end = 0
        weights = Self.weights.map { kind, weight in
            end += weight
            return (kind, end)
        }
    }

    /// How often each comes, in 100,000.
    private static let weights: [(Operation.Kind, Int)] = [
        (.get, 20_000), (.contains, 3000), (.withValue, 4000), (.getMany, 2000), (.scan, 3000), (.walk, 800),
        (.put, 19_000), (.delete, 5000), (.merge, 8000), (.deleteRange, 500), (.write, 3000), (.writeStore, 1000),
        (.update, 2500),
        (.transaction, 800), (.together, 60), (.ingest, 30), (.refuse, 100),
        (.openCursor, 1500), (.next, 9000), (.previous, 6000), (.seek, 4000), (.seekBack, 4000), (.closeCursor, 500),
        (.takeSnapshot, 250), (.releaseSnapshot, 100), (.pin, 800), (.readPin, 1500), (.unpin, 400),
        (.mark, 60), (.changes, 30),
        (.flush, 40), (.compact, 12), (.sync, 20), (.reopen, 8), (.restart, 4), (.verify, 3), (.look, 20),
        (.checkpoint, 2), (.backup, 2), (.copy, 3), (.follow, 2), (.readOnly, 3), (.drop, 4), (.create, 2),
        (.rename, 4),
        (.retune, 4), (.setAttribute, 12),
        (.advance, 100), (.compare, 10), (.repair, 1), (.wander, 40),
    ]

    /// How often what belongs together comes together, in 100,000.
    private static let sequenceWeight = 200

    package mutating func next() -> Operation {
        while true {
            let operation = any()
            if without.isEmpty || !operation.contains(without) { return operation }
        }
    }

    private mutating func any() -> Operation {
        if !hasBegun {
            hasBegun = true
            // The first entries that a database has may come by a load.
            if chance(40) { beginLoad(number(0...(setup.kinds.count - 1)), isNew: true) }
        }
        if pending.isEmpty, number(0...99_999) < Self.sequenceWeight { beginSequence() }
        if !pending.isEmpty { return pending.removeFirst() }
        if random.chance(oneIn: setup.isCrowded ? 400 : 40) {
            namespace = Int.random(in: 0...setup.kinds.count, using: &random)
        }
        while true {
            let number = Int.random(in: 0..<weights[weights.count - 1].end, using: &random)
            let kind = weights[weights.firstIndex { number < $0.end } ?? 0].kind
            var operation = Operation(kind)
            operation.namespace = namespace
            fill(&operation)
            if !isKillable || isKillable(operation) { return operation }
        }
    }

    func isKillable(_ operation: Operation) -> Bool {
        switch operation.kind {
        case .together, .checkpoint, .backup, .copy, .rename, .changes, .mark, .follow, .readOnly, .repair: false
        case .transaction, .update:
            operation.durability != .unlogged && !operation.steps.contains { $0.kind == .interfere }
        default: operation.durability != .unlogged
        }
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    // MARK: Keys and values

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

    private mutating func setRange(_ operation: inout Operation) {
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

    private mutating func durability() -> Durability? {
        switch number(0...999) {
        case ..<5: .synced
        case ..<15: .unlogged
        case ..<300: .buffered
        default: nil
        }
    }

    // MARK: Operations

    mutating func fill(_ operation: inout Operation) {
        operation.isAsync = chance(4)
        switch operation.kind {
        case .get, .contains, .withValue, .getMany, .scan, .walk:
            fillRead(&operation)
            if chance(15) {
                operation.snapshot = number(0...2)
                operation.isAsync = false
            }
            if operation.kind == .walk { operation.isAsync = false }
        case .put, .delete, .merge, .deleteRange, .write: fillWrite(&operation)
        case .update:
            operation.steps = updateSteps(number(1...5), setup.kind(operation.namespace))
            operation.durability = durability()
            if chance(25) { interfere(&operation) }
        case .refuse: operation.count = number(0...1)
        case .repair: operation.count = chance(50) ? 1 : 0
        case .wander: operation.count = number(0...2)
        case .transaction: fillTransaction(&operation)
        case .together: fillTogether(&operation)
        case .ingest: fillIngest(&operation)
        case .openCursor:
            operation.isAsync = false
            operation.handle = number(0...3)
            setRange(&operation)
            if chance(25) { operation.snapshot = number(0...2) }
        case .next, .previous, .seek, .seekBack, .closeCursor:
            operation = move(operation.kind)
            operation.handle = number(0...3)
        case .takeSnapshot, .releaseSnapshot: operation.handle = number(0...2)
        case .pin, .readPin, .unpin:
            operation.handle = number(0...3)
            operation.key = key()
        case .mark, .changes:
            operation.handle = number(0...1)
            // The application's metadata shares its log with the catalog.
            if operation.namespace == setup.kinds.count { operation.namespace = 0 }
            operation.key = Array("changes".utf8)
            operation.value = Value(count: 8, seed: UInt32(number(0...1_000_000)))
        case .compact, .look: setRange(&operation)
        case .restart: operation.count = chance(15) ? 1 : 0
        case .reopen:
            operation.count = chance(15) ? 1 : 0
            operation.steps = meanwhile(operation.namespace)
        case .writeStore: fillWriteStore(&operation)
        case .sync, .checkpoint, .backup: operation.count = chance(30) ? 1 : 0
        case .copy:
            operation.count = chance(40) ? 1 : 0
            operation.isReversed = chance(80)
        case .readOnly:
            operation.key = key()
            operation.value = value()
        case .setAttribute:
            operation.namespace = number(0...(setup.kinds.count - 1))
            operation.handle = number(0...4)
            operation.value = value()
            operation.isReversed = chance(30)
        case .drop:
            operation.namespace = number(0...(setup.kinds.count - 1))
            var creation = Operation(.create)
            creation.namespace = operation.namespace
            // Most often it is back soon.
            if chance(80) {
                for _ in 0..<number(0...3) { postpone([.get, .put, .next, .scan][number(0...3)], operation.namespace) }
            }
            pending.append(creation)
        case .create, .rename: operation.namespace = number(0...(setup.kinds.count - 1))
        case .retune:
            operation.namespace = number(0...(setup.kinds.count - 1))
            operation.count = number(0...5)
        case .advance:
            operation = Operation(.advance)
            operation.count = number(1...20)
        default: break
        }
    }

    /// Does something next.
    private mutating func postpone(_ kind: Operation.Kind, _ namespace: Int, _ key: [UInt8]? = nil) {
        var operation = Operation(kind)
        operation.namespace = namespace
        fill(&operation)
        if let key { operation.key = key }
        if !isKillable || isKillable(operation) { pending.append(operation) }
    }

    private mutating func fillRead(_ operation: inout Operation) {
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

    private mutating func move(_ kind: Operation.Kind) -> Operation {
        var operation = Operation(kind)
        if kind == .seek || kind == .seekBack { operation.key = key() }
        return operation
    }

    private mutating func fillWrite(_ operation: inout Operation) {
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
            if operation.kind == .put { operation.value = value() }
        }
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

    private mutating func fillWriteStore(_ operation: inout Operation) {
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

    private mutating func updateSteps(_ count: Int, _ kind: NamespaceKind) -> [Operation] {
        // Refused, and nothing else to be told.
        if kind.mergeOperator == nil, chance(1) { return [writeStep(.merge)] }
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
            return writeStep(kind)
        }
    }

    /// A write of an update or a transaction, or a read of one key.
    private mutating func writeStep(_ kind: Operation.Kind) -> Operation {
        var step = Operation(kind)
        if kind == .deleteRange {
            setRange(&step)
            // One without an upper bound is refused.
            if step.bounds.upper == nil { (step.lower, step.upper, step.prefix) = (nil, key(), nil) }
            return step
        }
        step.key = key()
        if kind == .put || kind == .merge { step.value = value() }
        return step
    }

    private mutating func fillTransaction(_ operation: inout Operation) {
        operation.durability = durability()
        operation.count = number(1...3)
        let merges = setup.kind(operation.namespace).mergeOperator != nil
        let kinds: [Operation.Kind] =
            [.get, .contains, .withValue, .getMany, .scan, .walk, .put, .put, .delete, merges ? .merge : .put]
            + (chance(40) ? [.deleteRange] : [])
        for _ in 0..<number(1...6) {
            let kind = kinds[number(0...(kinds.count - 1))]
            switch kind {
            case .put, .delete, .merge, .deleteRange: operation.steps.append(writeStep(kind))
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
    private mutating func interfere(_ operation: inout Operation) {
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

    private mutating func fillTogether(_ operation: inout Operation) {
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
                    return inner
                }
            }
            return step
        }
    }

    private mutating func fillIngest(_ operation: inout Operation) {
        var keys: Set<[UInt8]> = []
        for _ in 0..<number(0...(chance(10) ? 400 : 40)) { keys.insert(key()) }
        operation.steps = keys.sorted { order($0, $1) < 0 }.map { key in
            var step = Operation(.put)
            step.key = key
            step.value = value()
            return step
        }
        if chance(5) { operation.steps.reverse() }
    }
}
