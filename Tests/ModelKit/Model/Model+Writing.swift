internal import KVStore

extension Model {
    /// A put, deletion, merge or batch.
    func commit(_ operation: Operation) -> Outcome {
        var batch = ModelBatch(setup.kind(operation.namespace))
        let isBatch = operation.kind == .write
        for step in isBatch ? operation.steps : [operation] { batch.add(step) }
        // What is wrong with a batch is seen before the namespace is looked for, and so is that there is nothing to do.
        if batch.isRefused { return .failed(.invalidArgument) }
        if batch.writes.isEmpty { return .number(0) }
        guard namespaces[operation.namespace] != nil else { return .failed(.namespaceNotFound) }
        apply(batch.writes, operation)
        return isBatch ? .number(batch.writes.count) : .done
    }

    /// A commit to several namespaces.
    func writeStore(_ operation: Operation) -> Outcome {
        var numbers: [Int] = []
        var batches: [Int: ModelBatch] = [:]
        for step in operation.steps {
            let number = step.namespace
            if batches[number] == nil { numbers.append(number) }
            batches[number, default: ModelBatch(setup.kind(number))].add(step)
        }
        // Nothing can be committed together with the application's metadata.
        if numbers.contains(setup.kinds.count) || batches.values.contains(where: \.isRefused) {
            return .failed(.invalidArgument)
        }
        let parts = numbers.filter { !batches[$0]!.writes.isEmpty }
        if parts.count > 1, layout != .singleDatabase || operation.durability == .unlogged {
            return .failed(.invalidArgument)
        }
        guard parts.allSatisfy({ namespaces[$0] != nil }) else { return .failed(.namespaceNotFound) }
        for number in parts { apply(batches[number]!.writes, operation, in: number) }
        return .number(parts.reduce(0) { $0 + batches[$1]!.writes.count })
    }

    private func apply(_ writes: [WriteBatch.Write], _ operation: Operation, in number: Int? = nil) {
        let number = number ?? operation.namespace
        let expiry = expiry(in: number)
        for write in writes where !isForgotten(write) {
            namespaces[number]!.apply(write, expiry, isBackward: isFlawed(.mergesBackwards))
        }
        if operation.durability == .unlogged, !writes.isEmpty { namespaces[number]!.gaps += 1 }
        log(writes, operation.durability, in: number)
    }

    /// Whether it is forgotten by mistake.
    private func isForgotten(_ write: WriteBatch.Write) -> Bool {
        if case .deleteRange = write { isFlawed(.forgetsRangeDeletions) } else { false }
    }

    func deleteRange(_ operation: Operation) -> Outcome {
        let (lower, upper) = operation.bounds
        // Nothing to do, so nobody looks for the namespace.
        if let upper, order(lower ?? [], upper) >= 0 { return .done }
        guard namespaces[operation.namespace] != nil else { return .failed(.namespaceNotFound) }
        if let upper {
            log([.deleteRange(lower: lower ?? [], upper: upper)], operation.durability, in: operation.namespace)
        } else {
            logOpenDeletion(lower, operation.durability, in: operation.namespace)
        }
        return inNamespace(operation) { namespace in
            if !isFlawed(.forgetsRangeDeletions) { namespace.entries.delete(lower, upper) }
            if operation.durability == .unlogged { namespace.gaps += 1 }
            return .done
        }
    }

    func update(_ operation: Operation) throws -> Outcome {
        guard let namespace = namespaces[operation.namespace] else { return .failed(.namespaceNotFound) }
        var batch = ModelBatch(namespace.kind)
        var reads: [Outcome] = []
        for step in operation.steps {
            switch step.kind {
            case .get, .contains, .scan, .walk:
                // Reads see what is there, whoever wrote it, with the writes of the closure over it.
                var view = namespaces[operation.namespace]!
                for write in batch.writes where !isForgotten(write) {
                    view.apply(write, .max, isBackward: isFlawed(.mergesBackwards))
                }
                reads.append(try read(step, view.entries))
            case .interfere: for inner in step.steps { reads.append(apply(inner)) }
            case .fail: return .planned
            default: batch.add(step)
            }
        }
        if batch.isRefused { return .failed(.invalidArgument) }
        apply(batch.writes, operation)
        return .several(reads)
    }

    func ingest(_ operation: Operation) -> Outcome {
        guard let namespace = namespaces[operation.namespace] else { return .failed(.namespaceNotFound) }
        let steps = operation.steps
        // Reversed stands for one that may come in any order, in which the last of a key is what counts.
        for (one, other) in zip(steps, steps.dropFirst())
        where !operation.isReversed && order(one.key, other.key) >= 0 {
            return .failed(.invalidArgument)
        }
        let expiry = expiry(in: operation.namespace)
        for step in steps {
            namespaces[operation.namespace]!.entries.put(
                step.key, step.value.bytes(for: namespace.kind), expiry: expiry)
        }
        if !steps.isEmpty {
            namespaces[operation.namespace]!.gaps += 1
            passLogBy(in: operation.namespace)
        }
        return .number(steps.count)
    }
}

extension ModelNamespace {
    mutating func apply(_ write: WriteBatch.Write, _ expiry: Int, isBackward: Bool) {
        if isBackward, case .merge(let key, let operand) = write, let item = entries.item(key),
            let combined = kind.combine(operand, item.value)
        {
            return entries.put(key, combined, expiry: .max)
        }
        entries.apply(write, kind, expiry: expiry)
    }
}

/// A batch as the model has it.
struct ModelBatch {
    private let kind: NamespaceKind
    private(set) var writes: [WriteBatch.Write] = []
    private var hasViolation = false
    private var savePoint: (count: Int, hasViolation: Bool)?

    init(_ kind: NamespaceKind) { self.kind = kind }

    /// Whether its commit is refused.
    var isRefused: Bool {
        if hasViolation { return true }
        return writes.contains { write in
            switch write {
            case .merge: kind.mergeOperator == nil
            case .putForTime: kind != .expiring
            default: false
            }
        }
    }

    mutating func add(_ step: Operation) {
        switch step.kind {
        case .put where step.time > 0:
            writes.append(
                .putForTime(key: step.key, value: step.value.bytes(for: kind), time: .seconds(step.time)))
        case .put: writes.append(.put(key: step.key, value: step.value.bytes(for: kind)))
        case .delete: writes.append(.delete(key: step.key))
        case .merge: writes.append(.merge(key: step.key, operand: step.value.bytes(for: kind)))
        case .deleteRange:
            let (lower, upper) = step.bounds
            guard let upper else {
                hasViolation = true
                return
            }
            guard order(lower ?? [], upper) < 0 else { return }
            writes.append(.deleteRange(lower: lower ?? [], upper: upper))
        case .savePoint: savePoint = (writes.count, hasViolation)
        case .rollBack:
            guard let point = savePoint, point.count <= writes.count else { return }
            writes.removeSubrange(point.count...)
            hasViolation = point.hasViolation
        case .clear:
            writes = []
            hasViolation = false
            // What a save point of before leads to is not promised.
            savePoint = nil
        case .refuse: hasViolation = true
        case .append:
            for inner in step.steps { add(inner) }
        default: break
        }
    }
}
