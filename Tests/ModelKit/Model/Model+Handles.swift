internal import KVStore

extension Model {
    func cursorOutcome(_ operation: Operation) throws -> Outcome {
        let handle = operation.handle
        switch operation.kind {
        case .openCursor:
            let (lower, upper) = operation.bounds
            cursors[handle] = nil
            if let number = operation.snapshot {
                guard let snapshot = snapshots[number] else { return .skipped }
                if let ending = snapshot.ending { return .failed(ending) }
                cursors[handle] = Handle(
                    content: ModelCursor(snapshot.content, lower, upper), namespace: snapshot.namespace)
                return .done
            }
            return inNamespace(operation) { namespace in
                cursors[handle] = Handle(
                    content: ModelCursor(namespace.entries.standing(at: now), lower, upper),
                    namespace: operation.namespace)
                return .done
            }
        case .closeCursor: return cursors.removeValue(forKey: handle) == nil ? .skipped : .done
        default:
            guard cursors[handle] != nil else { return .skipped }
            if let ending = cursors[handle]!.ending, !cursors[handle]!.content.stays(operation.kind) {
                cursors[handle]!.content.leave()
                return .failed(ending)
            }
            return try move(operation, &cursors[handle]!.content)
        }
    }

    func handleOutcome(_ operation: Operation) throws -> Outcome {
        let handle = operation.handle
        switch operation.kind {
        case .takeSnapshot:
            return inNamespace(operation) {
                snapshots[handle] = Handle(content: $0.entries.standing(at: now), namespace: operation.namespace)
                return .done
            }
        case .releaseSnapshot: return snapshots.removeValue(forKey: handle) == nil ? .skipped : .done
        case .pin:
            pins[handle] = nil
            return try inNamespace(operation) {
                guard let value = try $0.entries.get(operation.key, at: now) else { return .flag(false) }
                pins[handle] = Handle(content: value, namespace: operation.namespace)
                return .flag(true)
            }
        case .readPin: return pins[handle].map { .value($0.content) } ?? .skipped
        default: return pins.removeValue(forKey: handle) == nil ? .skipped : .done
        }
    }

    func changesOutcome(_ operation: Operation, _ observed: Outcome?) -> Outcome {
        if operation.kind == .mark {
            return inNamespace(operation) {
                marks[operation.handle] = Mark(
                    namespace: operation.namespace, creation: $0.creation, entries: $0.entries, gaps: $0.gaps)
                return .done
            }
        }
        guard let mark = marks[operation.handle] else { return .skipped }
        guard namespaces[mark.namespace]?.creation == mark.creation else { return .failed(.namespaceNotFound) }
        // The last of the changes, to know where to stop.
        let kind = setup.kind(mark.namespace)
        namespaces[mark.namespace]!.entries.put(
            operation.key, operation.value.bytes(for: kind), expiry: expiry(in: mark.namespace))
        log([.put(key: operation.key, value: operation.value.bytes(for: kind))], nil, in: mark.namespace)
        let namespace = namespaces[mark.namespace]!
        // What is missing in the log is an error. It may be missing wherever the log is not kept.
        // Namespaces of one database share a log, and what went past it.
        let mayBeMissing = !setup.keepsLog || layout == .singleDatabase || namespace.gaps != mark.gaps
        if mayBeMissing, observed == .failed(.changesMissing) { return .failed(.changesMissing) }
        guard case .changes(let writes) = observed else { return .changes([]) }
        var entries = mark.entries
        for write in writes { entries.apply(write, kind, expiry: .max) }
        // What had expired may have been gone, and a deletion of all that is there then ended before it.
        let left = entries.items.filter { $0.expiry > now || namespace.entries.item($0.key) != nil }
        let isRight = left.elementsEqual(namespace.entries.items) { $0.key == $1.key && $0.value == $1.value }
        return isRight ? .changes(writes) : .failed("the changes do not lead to what is there")
    }

    /// Takes away what reads a namespace, or all that there is.
    func releaseReaders(of namespace: Int? = nil) {
        cursors = cursors.filter { namespace != nil && $0.value.namespace != namespace }
        pins = pins.filter { namespace != nil && $0.value.namespace != namespace }
    }

    /// Makes what was made of a namespace, or of all, unusable.
    func end(_ namespace: Int? = nil, with code: StoreError.Code) {
        for number in Array(cursors.keys) where namespace == nil || cursors[number]!.namespace == namespace {
            if cursors[number]!.ending == nil { cursors[number]!.ending = code }
        }
        for number in Array(snapshots.keys) where namespace == nil || snapshots[number]!.namespace == namespace {
            guard !snapshots[number]!.isOver else { continue }
            snapshots[number]!.ending = code
            // Only reopening leaves room for another reason: then it can be dropped.
            snapshots[number]!.isOver = namespace == nil || code == .namespaceNotFound
        }
    }
}
