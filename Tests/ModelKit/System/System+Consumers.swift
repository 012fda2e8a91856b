internal import KVStore

extension System {
    /// A consumer that was asked for, and the numbers of changes that it has seen.
    struct Reader {
        var consumer: ChangeConsumer
        let creation: Int
        /// Those that it read last.
        var seen: [UInt64] = []
        var places: [UInt64] = []

        mutating func note(_ sequences: [UInt64]) {
            seen = sequences
            places += sequences
        }
    }

    func consumerOutcome(_ operation: Operation) throws -> Outcome {
        let name = Operation.consumerName(operation.handle)
        switch operation.kind {
        case .addConsumer: return try addConsumer(operation, name)
        case .consumers:
            let namespace = try namespace(operation)
            return try consumers(of: namespace, isAsync: operation.isAsync)
        case .removeConsumer:
            let namespace = try namespace(operation)
            if operation.isAsync {
                try blocking { try await namespace.removeConsumer(name) }
            } else {
                try namespace.removeConsumer(name)
            }
            return .done
        default: break
        }
        // The application's metadata keeps none.
        if operation.namespace == setup.kinds.count { return try addConsumer(operation, name) }
        guard let reader = readers[operation.reader] else { return .skipped }
        if operation.isBeyondReader(reader.seen.count, reader.places.count) { return .skipped }
        if operation.kind == .readConsumer { return try readChanges(operation, reader.consumer) }
        return try setPosition(operation, reader)
    }

    private func addConsumer(_ operation: Operation, _ name: String) throws -> Outcome {
        let namespace = try namespace(operation)
        let start: UInt64? = operation.isReversed ? 0 : nil
        let consumer =
            operation.isAsync
            ? try blocking { try await namespace.consumer(name, startingAfter: start) }
            : try namespace.consumer(name, startingAfter: start)
        let creation = creations[operation.namespace]
        if readers[operation.reader]?.creation == creation {
            readers[operation.reader]!.consumer = consumer
        } else {
            readers[operation.reader] = Reader(consumer: consumer, creation: creation)
        }
        return .done
    }

    private func setPosition(_ operation: Operation, _ reader: Reader) throws -> Outcome {
        let consumer = reader.consumer
        let old = try consumer.position()
        let target: UInt64
        switch (operation.kind, operation.isReversed) {
        case (.acknowledge, false): target = reader.seen[operation.count % reader.seen.count]
        case (.acknowledge, true): target = try consumer.namespace.latestSequence() + 1
        case (_, true): target = try consumer.namespace.latestSequence()
        default: target = operation.count == 0 ? 0 : reader.places[operation.count % reader.places.count]
        }
        let acknowledges = operation.kind == .acknowledge
        if operation.isAsync {
            try blocking {
                if acknowledges {
                    try await consumer.acknowledge(target)
                } else {
                    try await consumer.move(to: target)
                }
            }
        } else if acknowledges {
            try consumer.acknowledge(target)
        } else {
            try consumer.move(to: target)
        }
        return .flag(try consumer.position() == (acknowledges ? max(old, target) : target))
    }

    /// Reads changes up to a commit that is made for it, or as many as it is asked for.
    private func readChanges(_ operation: Operation, _ consumer: ChangeConsumer) throws -> Outcome {
        let namespace = consumer.namespace
        _ = try consumer.position()
        let value = operation.value.bytes(for: setup.kind(operation.namespace))
        let last = try namespace.put(operation.key, value).sequence
        let limit = operation.count == 0 ? Int.max : operation.count
        readers[operation.reader]!.seen = []
        guard operation.isReversed else {
            let changes = try blocking { try await Self.read(consumer.changes(), limit, upTo: last) }
            readers[operation.reader]!.note(changes.map(\.sequence))
            return .commits(changes.map(\.writes))
        }
        var hasMissed = false
        while true {
            do {
                let most = hasMissed ? Int.max : limit
                let changes = try blocking { try await Self.read(consumer.changes(), most, upTo: last) }
                let commits = Outcome.commits(changes.map(\.writes))
                if hasMissed {
                    try consumer.acknowledge(last)
                    return .several([.failed(.changesMissing), commits])
                }
                readers[operation.reader]!.note(changes.map(\.sequence))
                return commits
            } catch let error as StoreError where error.code == .changesMissing {
                hasMissed = true
                let position = try consumer.position()
                guard let oldest = error.oldestChange, oldest > position + 1 else {
                    return .failed(
                        "of the changes after \(position) the oldest is \(String(describing: error.oldestChange))")
                }
                try consumer.move(to: oldest - 1)
            }
        }
    }

    private static func read(_ changes: Changes, _ limit: Int, upTo last: UInt64) async throws -> [Change] {
        let reader = Task {
            var read: [Change] = []
            for try await change in changes {
                read.append(change)
                if change.sequence >= last || read.count == limit { break }
            }
            return read
        }
        // What does not come is a divergence.
        let watch = Task {
            try await Task.sleep(for: .seconds(120))
            reader.cancel()
        }
        defer { watch.cancel() }
        return try await reader.value
    }

    func consumers(of namespace: Namespace, isAsync: Bool = false) throws -> Outcome {
        let consumers = isAsync ? try blocking { try await namespace.consumers() } : try namespace.consumers()
        return .values(consumers.map { Array($0.name.utf8) })
    }

    /// Finds the consumers of a store that was opened anew; those that were removed cannot be asked any more.
    func findConsumers() throws {
        for (key, reader) in readers {
            let isThere = creations[key.namespace] == reader.creation
            let namespace = isThere ? namespaces[key.namespace] : nil
            let found = try namespace?.consumers().first { $0.name == Operation.consumerName(key.handle) }
            if let found { readers[key]!.consumer = found } else { readers[key] = nil }
        }
    }
}
