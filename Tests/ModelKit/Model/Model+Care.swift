internal import KVStore

extension Model {
    /// Opens a namespace anew; what still reads it makes that fail at first, when it is kept. The store then goes on as
    /// if nobody had asked.
    func reopen(_ operation: Operation) -> Outcome {
        let number = operation.namespace
        let shared = setup.sharing(number, layout)
        if operation.count == 0 { for number in shared { releaseReaders(of: number) } }
        // In a database of several namespaces, one that was dropped is read there too.
        let isKept = shared.contains { hasReaders(of: $0, orDropped: shared.count > 1) }
        let meanwhile = isKept ? operation.steps.map { apply($0) } : []
        for number in shared {
            end(number, with: .closed)
            releaseReaders(of: number)
        }
        return .several([isKept ? .failed(.alreadyOpen) : .done] + meanwhile)
    }

    /// Takes away all that was made of namespaces, as the end of the process does.
    func loseHandles() {
        releaseReaders()
        snapshots = [:]
        readers = [:]
    }

    /// Whether something reads the namespace that has this number now, and not one that was dropped.
    private func hasReaders(of number: Int, orDropped: Bool) -> Bool {
        cursors.values.contains { $0.namespace == number && (orDropped || $0.ending == nil) }
            || pins.values.contains { $0.namespace == number && (orDropped || $0.ending == nil) }
    }

    /// Closes the store and opens it.
    func restart(_ operation: Operation) -> Outcome {
        if operation.count == 0 { releaseReaders() }
        let isKept = !isInMemory && (!cursors.isEmpty || !pins.isEmpty)
        end(with: .closed)
        // What is kept says why it cannot be used.
        let moves = cursors.keys.sorted().map { number in
            cursors[number]!.content.stays(.next) ? Outcome.entry(nil) : .failed(cursors[number]!.ending ?? .closed)
        }
        releaseReaders()
        if isInMemory { beginAnew() }
        refreshReaders()
        return .several([isKept ? .failed(.alreadyOpen) : .done] + moves + [listing])
    }

    /// Another store in memory: nothing is left of the last.
    private func beginAnew() {
        namespaces = namespaces.indices.map { ModelNamespace(setup, $0) }
        renamed = []
        marks = [:]
        readers = [:]
    }

    /// Copies the store, and goes on with the copy when it is asked for.
    func copy(_ operation: Operation) -> Outcome {
        let isConverted = operation.kind == .copy && operation.isReversed
        guard operation.count > 0 else { return content(hasConsumers: !isConverted) }
        isInMemory = false
        if isConverted {
            layout = layout.other
            // The numbers of commits begin anew.
            marks = [:]
            renumberChanges()
        }
        refreshReaders()
        releaseReaders()
        end(with: .closed)
        for number in namespaces.indices {
            namespaces[number]?.gaps += 1
            // A log that a tuning keeps stays behind.
            if !setup.hasChanges(number) { namespaces[number]?.log.passBy(isOwn: false) }
        }
        return content
    }

    /// Makes another store of this one and goes on with that.
    func repair(_ operation: Operation) -> Outcome {
        if isInMemory { return .skipped }
        releaseReaders()
        end(with: .closed)
        refreshReaders()
        // A database of several namespaces is restored from a backup.
        if layout == .singleDatabase { return .failed(.invalidArgument) }
        marks = [:]
        renumberChanges()
        return content
    }

    func changeNamespaces(_ operation: Operation, _ observed: Outcome?) -> Outcome {
        let number = operation.namespace
        guard number < setup.kinds.count else { return .skipped }
        if operation.kind == .create {
            guard namespaces[number] == nil else { return .failed(.namespaceExists) }
            // The first one that keeps changes has the database of all be opened anew.
            let isFirst = !setup.kinds.indices.contains { namespaces[$0] != nil && setup.hasChanges($0) }
            if observed == .failed(.busy), layout == .singleDatabase, setup.hasChanges(number), isFirst {
                return .failed(.busy)
            }
            creations += 1
            namespaces[number] = ModelNamespace(setup, number, creation: creations)
            return listing
        }
        guard namespaces[number] != nil else { return .failed(.namespaceNotFound) }
        namespaces[number] = nil
        end(number, with: .namespaceNotFound)
        for pin in Array(pins.keys) where pins[pin]!.namespace == number { pins[pin]!.ending = .namespaceNotFound }
        return listing
    }

    func rename(_ operation: Operation) -> Outcome {
        guard namespaces[operation.namespace] != nil else { return .failed(.namespaceNotFound) }
        renamed.formSymmetricDifference([operation.namespace])
        return listing
    }

    func setAttribute(_ operation: Operation) -> Outcome {
        inNamespace(operation) { namespace in
            let (name, value) = operation.attribute
            namespace.attributes[name] = value
            return .attributes(namespace.attributes)
        }
    }

    /// The names that the store lists.
    private var listing: Outcome {
        .values(
            setup.kinds.indices.filter { namespaces[$0] != nil }.map {
                Array(Setup.name($0, isRenamed: renamed.contains($0)).utf8)
            })
    }
}
