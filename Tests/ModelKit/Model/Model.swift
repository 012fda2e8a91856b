internal import KVStore

/// What a store should be: does each operation in memory and says what it leads to.
///
/// Plain and slow where the store is clever: sorted arrays, values combined at once, copies as snapshots.
package final class Model {
    let setup: Setup
    /// A mistake to make on purpose, to see that it is found.
    private let flaw: Flaw?
    /// Seconds since 1970.
    private(set) var now = Model.start
    /// What there is in each namespace, nil for one that was dropped; the last is the application's metadata.
    var namespaces: [ModelNamespace?]
    var cursors: [Int: Handle<ModelCursor>] = [:]
    var snapshots: [Int: Handle<ModelEntries>] = [:]
    var pins: [Int: Handle<[UInt8]>] = [:]
    private var marks: [Int: Mark] = [:]
    /// How many namespaces were created after the first ones.
    var creations = 0
    /// The namespaces that have their other name.
    var renamed: Set<Int> = []

    package static let start = 1_700_000_000

    /// A mistake that a model makes on purpose.
    package enum Flaw: String, Sendable, CaseIterable {
        case forgetsRangeDeletions, reversesSeekBack, mergesBackwards, forgetsExpiry, losesConflicts
    }

    /// What was made of a namespace and is kept.
    struct Handle<Content> {
        var content: Content
        let namespace: Int
        /// Why it cannot be used any more.
        var ending: StoreError.Code?
        /// Whether dropping the namespace makes no difference any more: its store was closed.
        var isOver = false
    }

    /// What a namespace was when somebody began to follow its changes.
    private struct Mark {
        let namespace: Int
        let creation: Int
        let entries: ModelEntries
        let gaps: Int
    }

    package init(_ setup: Setup, flaw: Flaw? = nil) {
        self.setup = setup
        self.flaw = flaw
        namespaces = (0...setup.kinds.count).map { ModelNamespace(setup.kind($0)) }
    }

    /// Does an operation.
    ///
    /// - Parameter observed: what the store made of it; looked at only where more than one outcome is right.
    /// - Returns: what is right; nil when nothing was observed and that cannot be told without.
    package func apply(_ operation: Operation, observed: Outcome? = nil) -> Outcome {
        switch operation.kind {
        case .get, .contains, .withValue, .getMany, .scan, .walk: readOutcome(operation)
        case .put, .delete, .merge, .write: commit(operation)
        case .deleteRange: deleteRange(operation)
        case .update: update(operation)
        case .transaction: transaction(operation, observed)
        case .together: together(operation)
        case .ingest: ingest(operation)
        case .openCursor, .next, .previous, .seek, .seekBack, .closeCursor: cursorOutcome(operation)
        case .takeSnapshot, .releaseSnapshot, .pin, .readPin, .unpin: handleOutcome(operation)
        case .mark, .changes: changesOutcome(operation, observed)
        case .flush, .compact, .look, .retune: inNamespace(operation) { _ in .done }
        case .sync: operation.count == 0 ? inNamespace(operation) { _ in .done } : .done
        case .reopen: inNamespace(operation) { _ in reopen(operation) }
        case .restart: restart(operation)
        case .checkpoint, .backup: checkpoint(operation)
        case .compare, .follow: content
        case .verify: .done
        case .drop, .create: changeNamespaces(operation)
        case .rename: rename(operation)
        case .advance:
            advance(operation.count)
        case .savePoint, .rollBack, .clear, .append, .interfere, .fail, .key: .skipped
        }
    }

    /// What several tasks do to different keys at the same time.
    private func together(_ operation: Operation) -> Outcome {
        guard namespaces[operation.namespace] != nil else { return .failed(.namespaceNotFound) }
        return .several(operation.steps.map { apply($0) })
    }

    private func advance(_ seconds: Int) -> Outcome {
        now += seconds
        return .done
    }

    /// Where one commit is wrong on purpose.
    func isFlawed(_ flaw: Flaw) -> Bool { self.flaw == flaw }

    func expiry(in namespace: Int) -> Int {
        setup.kind(namespace) == .expiring && flaw != .forgetsExpiry ? now + NamespaceKind.secondsToLive : .max
    }

    /// Runs `body` with a namespace, unless it was dropped.
    func inNamespace(_ operation: Operation, _ body: (inout ModelNamespace) -> Outcome) -> Outcome {
        guard namespaces[operation.namespace] != nil else { return .failed(.namespaceNotFound) }
        return body(&namespaces[operation.namespace]!)
    }

    /// All that there is.
    var content: Outcome {
        .several(
            namespaces.map { namespace in
                guard let namespace else { return .failed(.namespaceNotFound) }
                return .entries(namespace.entries.entries(at: now))
            })
    }
}

/// A namespace as the model has it.
struct ModelNamespace {
    let kind: NamespaceKind
    var entries = ModelEntries()
    /// Which of the namespaces that have had this name it is.
    var creation = 0
    /// How often something went past the log.
    var gaps = 0

    init(_ kind: NamespaceKind, creation: Int = 0) {
        self.kind = kind
        self.creation = creation
    }
}

// MARK: Reading

extension Model {
    private func readOutcome(_ operation: Operation) -> Outcome {
        guard let number = operation.snapshot else {
            return inNamespace(operation) { read(operation, $0.entries) }
        }
        guard let snapshot = snapshots[number] else { return .skipped }
        if let ending = snapshot.ending { return .failed(ending) }
        return read(operation, snapshot.content)
    }

    func read(_ operation: Operation, _ entries: ModelEntries) -> Outcome {
        switch operation.kind {
        case .get, .withValue: return .value(entries.get(operation.key, at: now))
        case .contains: return .flag(entries.get(operation.key, at: now) != nil)
        case .getMany: return .values(operation.steps.map { entries.get($0.key, at: now) })
        case .scan: return scan(operation, entries).outcome
        case .walk:
            let (lower, upper) = operation.bounds
            var cursor = ModelCursor(entries, lower, upper)
            return walk(operation, &cursor)
        default: return .skipped
        }
    }

    /// A scan, with the stretch that it goes over.
    func scan(_ operation: Operation, _ entries: ModelEntries) -> (outcome: Outcome, trace: ModelCursor.Trace) {
        let (lower, upper) = operation.bounds
        var cursor = ModelCursor(entries, lower, upper)
        var found: [KeyValue] = []
        let limit = operation.count > 0 ? operation.count : .max
        while found.count < limit,
            let entry = operation.isReversed ? cursor.previous(at: now) : cursor.next(at: now)
        {
            found.append(entry)
        }
        return (.entries(found), cursor.trace)
    }

    func walk(_ operation: Operation, _ cursor: inout ModelCursor) -> Outcome {
        .several(operation.steps.map { move($0, &cursor) })
    }

    private func move(_ operation: Operation, _ cursor: inout ModelCursor) -> Outcome {
        switch operation.kind {
        case .next: .entry(cursor.next(at: now))
        case .previous: .entry(cursor.previous(at: now))
        case .seek: .entry(cursor.seek(operation.key, at: now))
        case .seekBack:
            .entry(
                isFlawed(.reversesSeekBack)
                    ? cursor.seek(operation.key, at: now) : cursor.seekBack(operation.key, at: now))
        default: .skipped
        }
    }
}

// MARK: What is kept

extension Model {
    private func cursorOutcome(_ operation: Operation) -> Outcome {
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
                    content: ModelCursor(namespace.entries, lower, upper), namespace: operation.namespace)
                return .done
            }
        case .closeCursor: return cursors.removeValue(forKey: handle) == nil ? .skipped : .done
        default:
            guard cursors[handle] != nil else { return .skipped }
            if let ending = cursors[handle]!.ending, !cursors[handle]!.content.stays(operation.kind) {
                cursors[handle]!.content.leave()
                return .failed(ending)
            }
            return move(operation, &cursors[handle]!.content)
        }
    }

    private func handleOutcome(_ operation: Operation) -> Outcome {
        let handle = operation.handle
        switch operation.kind {
        case .takeSnapshot:
            return inNamespace(operation) {
                snapshots[handle] = Handle(content: $0.entries, namespace: operation.namespace)
                return .done
            }
        case .releaseSnapshot: return snapshots.removeValue(forKey: handle) == nil ? .skipped : .done
        case .pin:
            pins[handle] = nil
            return inNamespace(operation) {
                guard let value = $0.entries.get(operation.key, at: now) else { return .flag(false) }
                pins[handle] = Handle(content: value, namespace: operation.namespace)
                return .flag(true)
            }
        case .readPin: return pins[handle].map { .value($0.content) } ?? .skipped
        default: return pins.removeValue(forKey: handle) == nil ? .skipped : .done
        }
    }

    private func changesOutcome(_ operation: Operation, _ observed: Outcome?) -> Outcome {
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
        let namespace = namespaces[mark.namespace]!
        // What is missing in the log is an error. It may be missing wherever the log is not kept.
        let mayBeMissing = !setup.keepsLog || namespace.gaps != mark.gaps
        if mayBeMissing, observed == .failed(.changesMissing) { return .failed(.changesMissing) }
        guard case .changes(let writes) = observed else { return .changes([]) }
        var entries = mark.entries
        for write in writes { entries.apply(write, kind, expiry: .max) }
        let isRight = entries.items.elementsEqual(namespace.entries.items) { $0.key == $1.key && $0.value == $1.value }
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
