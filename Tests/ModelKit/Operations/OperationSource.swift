internal import FaultKit
internal import KVStore

/// Makes random operations, the same ones for the same seed. Keys are few and alike, so that operations meet.
package struct OperationSource: Sendable {
    var random: SeededRandom
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
        weights = (Self.weights + (setup.changes == nil ? Self.fewOfConsumers : Self.weightsOfConsumers)).map {
            kind, weight in
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

    /// The same of consumers of changes, beside it.
    private static let weightsOfConsumers: [(Operation.Kind, Int)] = [
        (.addConsumer, 600), (.readConsumer, 1000), (.acknowledge, 800), (.moveConsumer, 300), (.removeConsumer, 60),
        (.consumers, 60),
    ]

    /// Where a namespace keeps changes by its tuning at most.
    private static let fewOfConsumers: [(Operation.Kind, Int)] = [
        (.addConsumer, 40), (.readConsumer, 60), (.acknowledge, 40), (.moveConsumer, 20), (.removeConsumer, 10),
        (.consumers, 10),
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
        // What a consumer has read is told by the store only.
        case .readConsumer, .acknowledge, .moveConsumer: false
        case .transaction, .update:
            operation.durability != .unlogged && !operation.steps.contains { $0.kind == .interfere }
        default: operation.durability != .unlogged
        }
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func fill(_ operation: inout Operation) {
        operation.isAsync = chance(4)
        switch operation.kind {
        case .get, .contains, .withValue, .getMany, .scan, .walk:
            fillRead(&operation)
            if chance(15) {
                operation.snapshot = number(0...2)
                // Seldom by chance, and in other code than those of what is live.
                operation.isAsync = chance(30)
            }
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
        case .addConsumer, .readConsumer, .acknowledge, .moveConsumer, .removeConsumer, .consumers:
            fillConsumer(&operation)
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
    mutating func postpone(_ kind: Operation.Kind, _ namespace: Int, _ key: [UInt8]? = nil) {
        var operation = Operation(kind)
        operation.namespace = namespace
        fill(&operation)
        if let key { operation.key = key }
        if !isKillable || isKillable(operation) { pending.append(operation) }
    }
}
