internal import KVStore

extension Model {
    /// A consumer that was asked for, and the places of changes that it has seen.
    struct Reader {
        let creation: Int
        /// Behind each of the changes that it read last.
        var seen: [Int] = []
        /// The same of all.
        var places: [Int] = []

        mutating func note(_ ends: [Int]) {
            seen = ends
            places += ends
        }
    }

    func consumerOutcome(_ operation: Operation, _ observed: Outcome?) -> Outcome {
        let number = operation.namespace
        // The application's metadata keeps none.
        if number == setup.kinds.count { return .failed(.invalidArgument) }
        switch operation.kind {
        case .addConsumer: return inNamespace(operation) { add(operation, &$0) }
        case .consumers: return inNamespace(operation) { $0.consumerNames }
        case .removeConsumer:
            return inNamespace(operation) { namespace in
                namespace.consumers[operation.handle] = nil
                return .done
            }
        default: break
        }
        guard let reader = readers[operation.reader] else { return .skipped }
        if operation.isBeyondReader(reader.seen.count, reader.places.count) { return .skipped }
        guard namespaces[number]?.creation == reader.creation else { return .failed(.namespaceNotFound) }
        guard let position = namespaces[number]?.consumers[operation.handle] else { return .failed(.invalidArgument) }
        switch operation.kind {
        case .acknowledge:
            if operation.isReversed { return .failed(.invalidArgument) }
            namespaces[number]!.consumers[operation.handle] = max(
                position, reader.seen[operation.count % reader.seen.count])
            return .flag(true)
        case .moveConsumer:
            namespaces[number]!.consumers[operation.handle] =
                operation.isReversed
                ? namespaces[number]!.log.end
                : operation.count == 0 ? 0 : reader.places[operation.count % reader.places.count]
            return .flag(true)
        default: return read(operation, position, observed)
        }
    }

    private func add(_ operation: Operation, _ namespace: inout ModelNamespace) -> Outcome {
        if namespace.consumers[operation.handle] == nil {
            guard namespace.takesConsumers else { return .failed(.invalidArgument) }
            namespace.consumers[operation.handle] = operation.isReversed ? 0 : namespace.log.end
        }
        if readers[operation.reader]?.creation != namespace.creation {
            readers[operation.reader] = Reader(creation: namespace.creation)
        }
        return .done
    }

    /// Reads changes up to a commit that is made for it, or as many as it is asked for.
    private func read(_ operation: Operation, _ position: Int, _ observed: Outcome?) -> Outcome {
        let number = operation.namespace
        let write = WriteBatch.Write.put(key: operation.key, value: operation.value.bytes(for: setup.kind(number)))
        namespaces[number]!.entries.apply(write, setup.kind(number), expiry: expiry(in: number))
        namespaces[number]!.log.commit([write])
        let isExact = !setup.losesChanges(number, layout)
        let mayMiss = !isExact || namespaces[number]!.log.mayMiss(after: position)
        readers[operation.reader]!.seen = []
        switch observed {
        case .failed(StoreError.Code.changesMissing.description):
            return mayMiss ? .failed(.changesMissing) : .failed("changes are missing that must be there")
        case .several(let parts):
            // Went on behind what is missing.
            guard parts.count == 2, parts[0] == .failed(.changesMissing), case .commits(let commits) = parts[1] else {
                return .commits([])
            }
            guard mayMiss else { return .failed("changes are missing that must be there") }
            // Of the logs that a tuning keeps, a copy has the newest.
            let isWhole = isExact && setup.hasChanges(number)
            guard namespaces[number]!.log.readRest(commits, after: position, isExact: isWhole) else {
                return .failed("other changes behind what is missing after place \(position)")
            }
            namespaces[number]!.consumers[operation.handle] = namespaces[number]!.log.end
            return observed ?? .skipped
        case .commits(let commits):
            // Up to the end, or as many as are asked for.
            guard let ends = namespaces[number]!.log.read(commits, after: position),
                commits.count == operation.count || ends.last == namespaces[number]!.log.end
            else { return .failed("other changes after place \(position), or not all") }
            readers[operation.reader]!.note(ends)
            return observed ?? .skipped
        default: return .commits([])
        }
    }

    /// Has the store be opened anew, or copied: consumers that were removed cannot be asked any more.
    func refreshReaders() {
        readers = readers.filter { key, reader in
            namespaces[key.namespace]?.creation == reader.creation
                && namespaces[key.namespace]?.consumers[key.handle] != nil
        }
    }

    /// Has commits be numbered anew, and all consumers be gone.
    func renumberChanges() {
        readers = [:]
        for number in setup.kinds.indices {
            namespaces[number]?.consumers = [:]
            namespaces[number]?.log.restart()
        }
    }
}

extension Model {
    /// Notes a commit for those who read changes.
    func log(_ writes: [WriteBatch.Write], _ durability: Durability?, in number: Int) {
        guard !writes.isEmpty else { return }
        if durability == .unlogged { return passLogBy(in: number) }
        guard namespaces[number]!.takesConsumers else { return }
        if isFlawed(.forgetsChanges), case .delete = writes.last { return }
        namespaces[number]!.log.commit(writes)
    }

    /// Notes that something went past the log. Namespaces of one database share it.
    func passLogBy(in number: Int, isSure: Bool = true) {
        let others = layout == .singleDatabase && number < setup.kinds.count ? Array(setup.kinds.indices) : [number]
        for other in others where namespaces[other]?.takesConsumers == true {
            namespaces[other]!.log.passBy(isOwn: isSure && other == number)
        }
    }

    /// Notes a deletion without an upper bound, before it is done.
    func logOpenDeletion(_ lower: [UInt8]?, _ durability: Durability?, in number: Int) {
        let namespace = namespaces[number]!
        let items = namespace.entries.items[namespace.entries.places(lower, nil)]
        let isSure = items.allSatisfy { $0.expiry == .max }
        if durability == .unlogged {
            if !items.isEmpty { passLogBy(in: number, isSure: isSure) }
            return
        }
        guard namespace.takesConsumers else { return }
        guard isSure else { return namespaces[number]!.log.deleteOpen(lower ?? []) }
        guard let last = items.last else { return }
        namespaces[number]!.log.commit([.deleteRange(lower: lower ?? [], upper: last.key + [0])])
    }
}

extension ModelNamespace {
    var consumerNames: Outcome { .values(consumers.keys.sorted().map { Array(Operation.consumerName($0).utf8) }) }
}

/// A consumer by the numbers of its namespace and its own.
struct ReaderKey: Hashable {
    let namespace: Int
    let handle: Int
}

extension Operation {
    /// The consumer that it is about.
    var reader: ReaderKey { ReaderKey(namespace: namespace, handle: handle) }

    static func consumerName(_ handle: Int) -> String { "consumer \(handle)" }

    /// Whether it names a change of those that were seen where none was.
    func isBeyondReader(_ seen: Int, _ places: Int) -> Bool {
        switch kind {
        case .acknowledge: !isReversed && seen == 0
        case .moveConsumer: !isReversed && count > 0 && places == 0
        default: false
        }
    }
}
