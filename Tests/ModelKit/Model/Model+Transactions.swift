internal import KVStore

extension Model {
    /// A transaction: reads and writes over a snapshot, with writes of others coming between.
    func transaction(_ operation: Operation) throws -> Outcome {
        guard let namespace = namespaces[operation.namespace] else { return .failed(.namespaceNotFound) }
        var attempt = Attempt(namespace, self)
        var interferes = true
        for number in 1...operation.count {
            attempt = Attempt(namespaces[operation.namespace]!, self)
            if try !attempt.run(operation.steps, interferes: interferes) { return .planned }
            interferes = false
            let canConflict = !attempt.batch.writes.isEmpty && !isFlawed(.losesConflicts)
            if !canConflict || !attempt.hasConflict(with: namespaces[operation.namespace]!) {
                let expiry = expiry(in: operation.namespace)
                for write in attempt.batch.writes {
                    namespaces[operation.namespace]!.entries.apply(write, namespace.kind, expiry: expiry)
                }
                if operation.durability == .unlogged { namespaces[operation.namespace]!.gaps += 1 }
                log(attempt.batch.writes, operation.durability, in: operation.namespace)
                return .several([.number(number)] + attempt.reads)
            }
        }
        return .failed(.conflict)
    }
}

/// One run of a transaction's closure.
private struct Attempt {
    private let start: ModelEntries
    private let startTime: Int
    private let model: Model
    private let kind: NamespaceKind
    /// What its reads see: the start, with its own writes over it.
    private var view: ModelEntries
    private var keysRead: [[UInt8]] = []
    private var ownKeys: Set<[UInt8]> = []
    private var ownRanges: [(lower: [UInt8], upper: [UInt8])] = []
    private var stretches: [(lower: [UInt8]?, upper: [UInt8]?)] = []
    private(set) var batch: ModelBatch
    private(set) var reads: [Outcome] = []

    init(_ namespace: ModelNamespace, _ model: Model) {
        start = namespace.entries
        startTime = model.now
        view = namespace.entries.standing(at: model.now)
        kind = namespace.kind
        batch = ModelBatch(namespace.kind)
        self.model = model
    }

    /// - Returns: whether the closure returned rather than threw.
    mutating func run(_ steps: [Operation], interferes: Bool) throws -> Bool {
        for step in steps {
            switch step.kind {
            case .fail: return false
            case .interfere:
                guard interferes else { continue }
                for inner in step.steps { reads.append(model.apply(inner)) }
            case .refuse: reads.append(.failed(.invalidArgument))
            case .put, .delete, .merge, .deleteRange:
                let count = batch.writes.count
                batch.add(step)
                // An empty range deletes nothing.
                guard batch.writes.count > count else { continue }
                let write = batch.writes[count]
                switch write {
                case .put(let key, _), .putForTime(let key, _, _), .delete(let key): ownKeys.insert(key)
                case .merge: break
                case .deleteRange(let lower, let upper): ownRanges.append((lower, upper))
                }
                view.apply(write, kind, expiry: .max)
            case .scan:
                let (outcome, trace) = try model.scan(step, view)
                reads.append(outcome)
                note(trace, step)
            case .walk:
                let (lower, upper) = step.bounds
                var cursor = ModelCursor(view, lower, upper)
                reads.append(try model.walk(step, &cursor))
                note(cursor.trace, step)
            default:
                reads.append(try model.read(step, view))
                keysRead += (step.kind == .getMany ? step.steps : [step]).map(\.key).filter { !isOwn($0) }
            }
        }
        return true
    }

    /// Whether what is there of a key is the transaction's own.
    private func isOwn(_ key: [UInt8]) -> Bool {
        ownKeys.contains(key) || ownRanges.contains { order($0.lower, key) <= 0 && order(key, $0.upper) < 0 }
    }

    private mutating func note(_ trace: ModelCursor.Trace, _ step: Operation) {
        guard !trace.isEmpty else { return }
        let (lower, upper) = step.bounds
        var low = lower
        if !trace.reachesStart, let lowest = trace.lowest, order(lowest, lower ?? []) > 0 { low = lowest }
        var high = upper
        if !trace.reachesEnd, let highest = trace.highest, upper.map({ order(highest + [0], $0) < 0 }) ?? true {
            high = highest + [0]
        }
        stretches.append((low, high))
    }

    /// Whether what was read has changed, or expired.
    func hasConflict(with namespace: ModelNamespace) -> Bool {
        let now = model.now
        func differ(_ then: some Sequence<ModelEntries.Item>, _ current: some Sequence<ModelEntries.Item>) -> Bool {
            !then.filter { $0.expiry > startTime }.elementsEqual(current.filter { $0.expiry > now })
        }
        let current = namespace.entries
        func items(_ key: [UInt8], of entries: ModelEntries) -> [ModelEntries.Item] {
            entries.item(key).map { [$0] } ?? []
        }
        if keysRead.contains(where: { differ(items($0, of: start), items($0, of: current)) }) { return true }
        return stretches.contains { lower, upper in
            differ(start.items[start.places(lower, upper)], current.items[current.places(lower, upper)])
        }
    }
}
