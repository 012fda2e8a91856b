internal import KVStore

extension Model {
    /// A transaction: reads and writes over a snapshot, with writes of others coming between.
    func transaction(_ operation: Operation, _ observed: Outcome?) throws -> Outcome {
        guard let namespace = namespaces[operation.namespace] else { return .failed(.namespaceNotFound) }
        var attempt = Attempt(namespace, self)
        var interferes = true
        for number in 1...operation.count {
            attempt = Attempt(namespaces[operation.namespace]!, self)
            if try !attempt.run(operation.steps, interferes: interferes) { return .planned }
            interferes = false
            let hasConflict: Bool
            if attempt.batch.writes.isEmpty || isFlawed(.losesConflicts) {
                hasConflict = false
            } else {
                switch attempt.conflict(with: namespaces[operation.namespace]!) {
                case .none: hasConflict = false
                case .certain: hasConflict = true
                // The engine may or may not have reclaimed an expired entry: what was observed decides.
                case .possible: hasConflict = attempts(observed).map { $0 > number } ?? true
                }
            }
            if !hasConflict {
                let expiry = expiry(in: operation.namespace)
                for write in attempt.batch.writes {
                    namespaces[operation.namespace]!.entries.apply(write, namespace.kind, expiry: expiry)
                }
                if operation.durability == .unlogged { namespaces[operation.namespace]!.gaps += 1 }
                return .several([.number(number)] + attempt.reads)
            }
        }
        return .failed(.conflict)
    }

    /// How many attempts the store needed; one more than all for a conflict.
    private func attempts(_ observed: Outcome?) -> Int? {
        if case .several(let parts) = observed, case .number(let count) = parts.first { return count }
        return observed == .failed(.conflict) ? .max : nil
    }
}

/// One run of a transaction's closure.
private struct Attempt {
    private let start: ModelEntries
    private let model: Model
    private let kind: NamespaceKind
    /// What its reads see: the start, with its own writes over it.
    private var view: ModelEntries
    private var keysRead: [[UInt8]] = []
    private var ownKeys: Set<[UInt8]> = []
    private var stretches: [(lower: [UInt8]?, upper: [UInt8]?)] = []
    private(set) var batch: ModelBatch
    private(set) var reads: [Outcome] = []

    enum Conflict { case none, possible, certain }

    init(_ namespace: ModelNamespace, _ model: Model) {
        start = namespace.entries
        view = namespace.entries
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
            case .put, .delete:
                batch.add(step)
                ownKeys.insert(step.key)
                view.apply(batch.writes[batch.writes.count - 1], kind, expiry: .max)
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
                keysRead += (step.kind == .getMany ? step.steps : [step]).map(\.key).filter { !ownKeys.contains($0) }
            }
        }
        return true
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

    /// Whether what was read has changed.
    func conflict(with namespace: ModelNamespace) -> Conflict {
        let now = model.now
        func isVisible(_ item: ModelEntries.Item) -> Bool { item.expiry > now }
        var isPossible = false
        func compare(_ then: [ModelEntries.Item], _ current: [ModelEntries.Item]) -> Bool {
            if then == current { return false }
            isPossible = true
            return then.filter(isVisible) != current.filter(isVisible)
        }
        let current = namespace.entries
        for key in keysRead {
            let then = start.item(key).map { [$0] } ?? []
            if compare(then, current.item(key).map { [$0] } ?? []) { return .certain }
        }
        for (lower, upper) in stretches {
            let then = Array(start.items[start.places(lower, upper)])
            if compare(then, Array(current.items[current.places(lower, upper)])) { return .certain }
        }
        return isPossible ? .possible : .none
    }
}
