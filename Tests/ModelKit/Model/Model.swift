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
    var marks: [Int: Mark] = [:]
    var readers: [ReaderKey: Reader] = [:]
    /// How many namespaces were created after the first ones.
    var creations = 0
    /// The namespaces that have their other name.
    var renamed: Set<Int> = []

    /// How the namespaces of the store lie on disk.
    var layout: Store.Layout
    /// Whether nothing is left of the store when it is closed.
    var isInMemory: Bool

    package static let start = 1_700_000_000

    /// A mistake that a model makes on purpose.
    package enum Flaw: String, Sendable, CaseIterable {
        case forgetsRangeDeletions, reversesSeekBack, mergesBackwards, forgetsExpiry, losesConflicts
        case forgetsChanges
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
    struct Mark {
        let namespace: Int
        let creation: Int
        let entries: ModelEntries
        let gaps: Int
    }

    package init(_ setup: Setup, flaw: Flaw? = nil) {
        self.setup = setup
        self.flaw = flaw
        layout = setup.layout
        isInMemory = setup.isInMemory
        namespaces = (0...setup.kinds.count).map { ModelNamespace(setup, $0) }
    }

    /// Does an operation.
    ///
    /// - Parameter observed: what the store made of it; looked at only where more than one outcome is right.
    /// - Returns: what is right; nil when nothing was observed and that cannot be told without.
    package func apply(_ operation: Operation, observed: Outcome? = nil) -> Outcome {
        do { return try perform(operation, observed) } catch { return .failed(.corruption) }
    }

    /// - Throws: ``NotCombined``.
    private func perform(_ operation: Operation, _ observed: Outcome?) throws -> Outcome {
        switch operation.kind {
        case .get, .contains, .withValue, .getMany, .scan, .walk: try readOutcome(operation)
        case .put, .delete, .merge, .write: commit(operation)
        case .writeStore: writeStore(operation)
        case .deleteRange: deleteRange(operation)
        case .update: try update(operation)
        case .transaction: try transaction(operation)
        case .together: together(operation)
        case .ingest: ingest(operation)
        case .openCursor, .next, .previous, .seek, .seekBack, .closeCursor: try cursorOutcome(operation)
        case .takeSnapshot, .releaseSnapshot, .pin, .readPin, .unpin: try handleOutcome(operation)
        case .mark, .changes: changesOutcome(operation, observed)
        case .addConsumer, .readConsumer, .acknowledge, .moveConsumer, .removeConsumer, .consumers:
            consumerOutcome(operation, observed)
        case .flush, .compact, .look, .retune: inNamespace(operation) { _ in .done }
        case .sync: operation.count == 0 ? inNamespace(operation) { _ in .done } : .done
        case .reopen:
            namespaces[operation.namespace] == nil ? .failed(.namespaceNotFound) : reopen(operation)
        case .restart: restart(operation)
        case .checkpoint, .backup, .copy: copy(operation)
        case .repair: repair(operation)
        // A key is looked at before the namespace is.
        case .refuse:
            namespaces[operation.namespace] == nil && observed == .failed(.namespaceNotFound)
                ? .failed(.namespaceNotFound) : .failed(.invalidArgument)
        case .wander: .done
        case .compare, .follow: content
        case .readOnly: .several([content] + Array(repeating: .failed(.readOnly), count: Self.writesOfAReader))
        case .setAttribute: setAttribute(operation)
        case .verify: .done
        case .drop, .create: changeNamespaces(operation, observed)
        case .rename: rename(operation)
        case .advance:
            advance(operation.count)
        case .savePoint, .rollBack, .clear, .append, .interfere, .fail, .key: .skipped
        }
    }

    /// What several tasks do to different keys at the same time.
    private func together(_ operation: Operation) -> Outcome {
        guard namespaces[operation.namespace] != nil else { return .failed(.namespaceNotFound) }
        let start = namespaces[operation.namespace]!.log.end
        defer { namespaces[operation.namespace]?.log.unite(from: start) }
        return .several(operation.steps.map { apply($0) })
    }

    private func advance(_ seconds: Int) -> Outcome {
        now += seconds
        return .done
    }

    /// How many writes are tried with a store that only reads.
    private static let writesOfAReader = 9

    /// Where one commit is wrong on purpose.
    func isFlawed(_ flaw: Flaw) -> Bool { self.flaw == flaw }

    func expiry(in namespace: Int) -> Int {
        setup.kind(namespace) == .expiring && flaw != .forgetsExpiry ? now + NamespaceKind.secondsToLive : .max
    }

    /// Runs `body` with a namespace, unless it was dropped.
    func inNamespace(
        _ operation: Operation, _ body: (inout ModelNamespace) throws -> Outcome
    ) rethrows -> Outcome {
        guard namespaces[operation.namespace] != nil else { return .failed(.namespaceNotFound) }
        return try body(&namespaces[operation.namespace]!)
    }

    /// All that there is.
    var content: Outcome { content(hasConsumers: true) }

    /// All that there is, or what a copy of it in the other layout has.
    func content(hasConsumers: Bool) -> Outcome {
        .several(
            namespaces.indices.map { number in
                guard let namespace = namespaces[number] else { return .failed(.namespaceNotFound) }
                guard let entries = try? namespace.entries.entries(at: now) else { return .failed(.corruption) }
                // The application's metadata has no attributes, and no consumers.
                if number == setup.kinds.count { return .entries(entries) }
                let consumers = hasConsumers ? namespace.consumerNames : .values([])
                return .several([.entries(entries), .attributes(namespace.attributes), consumers])
            })
    }
}

/// A namespace as the model has it.
struct ModelNamespace {
    let kind: NamespaceKind
    var entries = ModelEntries()
    var attributes: [String: String] = [:]
    /// Which of the namespaces that have had this name it is.
    var creation = 0
    /// How often something went past the log.
    var gaps = 0
    /// Whether it has consumers of its changes; what these have to tell is kept only there.
    let takesConsumers: Bool
    var log = ModelLog()
    /// The places of its consumers, by their numbers.
    var consumers: [Int: Int] = [:]

    init(_ setup: Setup, _ number: Int, creation: Int = 0) {
        kind = setup.kind(number)
        takesConsumers = setup.takesConsumers(number)
        self.creation = creation
    }
}
