internal import KVStore

/// A cursor that can be kept beside others.
final class CursorBox {
    private var cursor: Cursor
    let namespace: Int

    init(_ cursor: consuming Cursor, _ namespace: Int) {
        self.cursor = cursor
        self.namespace = namespace
    }

    func move(_ operation: Operation) throws -> Outcome { try cursor.move(operation) }
}

extension Cursor {
    mutating func move(_ operation: Operation) throws -> Outcome {
        let isThere =
            switch operation.kind {
            case .next: try next()
            case .previous: try previous()
            case .seek: try seek(to: operation.key)
            default: try seek(backTo: operation.key)
            }
        guard isThere == isAtEntry else { return .failed("a cursor that does not know whether it is at an entry") }
        return .entry(isThere ? KeyValue(key: Array(key), value: Array(value)) : nil)
    }
}

/// A pinned value that can be kept beside others.
final class PinBox: Sendable {
    private let pinned: PinnedValue
    let namespace: Int

    init(_ pinned: consuming PinnedValue, _ namespace: Int) {
        self.pinned = pinned
        self.namespace = namespace
    }

    var value: [UInt8] { pinned.withBytes { Array($0) } }
}

extension System {
    func cursorOutcome(_ operation: Operation) throws -> Outcome {
        let handle = operation.handle
        switch operation.kind {
        case .openCursor:
            cursors[handle] = nil
            if let number = operation.snapshot {
                guard let snapshot = snapshots[number] else { return .skipped }
                let namespace = snapshotNamespaces[number] ?? 0
                cursors[handle] = CursorBox(try snapshot.cursor(operation.range), namespace)
            } else {
                cursors[handle] = CursorBox(
                    try namespace(operation).cursor(operation.range), operation.namespace)
            }
            return .done
        case .closeCursor: return cursors.removeValue(forKey: handle) == nil ? .skipped : .done
        default: return try cursors[handle]?.move(operation) ?? .skipped
        }
    }

    func handleOutcome(_ operation: Operation) throws -> Outcome {
        let handle = operation.handle
        switch operation.kind {
        case .takeSnapshot:
            let namespace = try namespace(operation)
            snapshots[handle] =
                operation.isAsync ? try blocking { try await namespace.snapshot() } : try namespace.snapshot()
            snapshotNamespaces[handle] = operation.namespace
            return .done
        case .releaseSnapshot: return snapshots.removeValue(forKey: handle) == nil ? .skipped : .done
        case .pin:
            pins[handle] = nil
            let namespace = try namespace(operation)
            if operation.isAsync {
                pins[handle] = try blocking {
                    guard let value = try await namespace.pinned(operation.key) else { return nil }
                    return PinBox(value, operation.namespace)
                }
            } else if let value = try namespace.pinned(operation.key) {
                pins[handle] = PinBox(value, operation.namespace)
            }
            return .flag(pins[handle] != nil)
        case .readPin: return pins[handle].map { .value($0.value) } ?? .skipped
        default: return pins.removeValue(forKey: handle) == nil ? .skipped : .done
        }
    }

    func changesOutcome(_ operation: Operation) throws -> Outcome {
        let handle = operation.handle
        if operation.kind == .mark {
            let namespace = try namespace(operation)
            marks[handle] = Mark(
                namespace: operation.namespace, creation: creations[operation.namespace],
                sequence: operation.isAsync
                    ? try blocking { try await namespace.latestSequence() } : try namespace.latestSequence())
            return .done
        }
        guard let mark = marks[handle] else { return .skipped }
        guard let namespace = namespaces[mark.namespace], creations[mark.namespace] == mark.creation else {
            throw Missing()
        }
        let last = try namespace.put(operation.key, operation.value.bytes(for: setup.kind(mark.namespace))).sequence
        let writes = try blocking {
            var writes: [WriteBatch.Write] = []
            for try await change in namespace.changes(since: mark.sequence) {
                writes += change.writes
                if change.sequence >= last { break }
            }
            return writes
        }
        return .changes(writes)
    }

    /// Takes away what reads a namespace, or all that there is.
    func releaseReaders(of namespace: Int? = nil) {
        cursors = cursors.filter { namespace != nil && $0.value.namespace != namespace }
        pins = pins.filter { namespace != nil && $0.value.namespace != namespace }
    }
}
