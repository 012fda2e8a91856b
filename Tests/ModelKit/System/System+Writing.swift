internal import Foundation
internal import KVStore

extension System {
    func write(_ operation: Operation) throws -> Outcome {
        let namespace = try namespace(operation)
        let kind = setup.kind(operation.namespace)
        let durability = operation.durability
        var receipt: CommitReceipt?
        var outcome = Outcome.done
        switch operation.kind {
        case .put:
            receipt = try put(operation, in: namespace)
        case .delete:
            receipt =
                operation.isAsync
                ? try blocking { try await namespace.delete(operation.key, durability: durability) }
                : try namespace.delete(operation.key, durability: durability)
        case .merge:
            let operand = operation.value.bytes(for: kind)
            receipt =
                operation.isAsync
                ? try blocking { try await namespace.merge(operation.key, operand, durability: durability) }
                : try namespace.merge(operation.key, operand, durability: durability)
        case .deleteRange:
            receipt =
                operation.isAsync
                ? try blocking { try await namespace.deleteRange(operation.range, durability: durability) }
                : try namespace.deleteRange(operation.range, durability: durability)
        default:
            var batch = WriteBatch()
            batch.build(operation.steps, kind)
            outcome = .number(batch.count)
            guard batch.writes.count == batch.count else { return .failed("a batch that miscounts") }
            let built = batch
            if operation.isAsync {
                receipt = try blocking { try await namespace.commit(built, durability: durability) }
            } else if operation.isReversed {
                receipt = try namespace.write(durability: durability) { $0.build(operation.steps, kind) }
            } else {
                receipt = try namespace.commit(built, durability: durability)
            }
        }
        if operation.count > 0 { try receipt?.waitUntilDurable() }
        return outcome
    }

    private func put(_ operation: Operation, in namespace: Namespace) throws -> CommitReceipt {
        let value = operation.value.bytes(for: setup.kind(operation.namespace))
        let (key, durability) = (operation.key, operation.durability)
        guard operation.time > 0 else {
            return operation.isAsync
                ? try blocking { try await namespace.put(key, value, durability: durability) }
                : try namespace.put(key, value, durability: durability)
        }
        let time = Duration.seconds(operation.time)
        return operation.isAsync
            ? try blocking { try await namespace.put(key, value, expiresAfter: time, durability: durability) }
            : try namespace.put(key, value, expiresAfter: time, durability: durability)
    }

    /// A commit to several namespaces.
    func writeStore(_ operation: Operation) throws -> Outcome {
        var batch = StoreBatch()
        for step in operation.steps {
            let namespace = try namespace(step)
            let kind = setup.kind(step.namespace)
            switch step.kind {
            case .put where step.time > 0:
                batch.put(step.key, step.value.bytes(for: kind), expiresAfter: .seconds(step.time), in: namespace)
            case .put: batch.put(step.key, step.value.bytes(for: kind), in: namespace)
            case .delete: batch.delete(step.key, in: namespace)
            case .merge: batch.merge(step.key, step.value.bytes(for: kind), in: namespace)
            case .deleteRange: batch.deleteRange(step.range, in: namespace)
            case .refuse:
                if step.count == 0 {
                    batch.put(Self.tooLarge, [1], in: namespace)
                } else {
                    batch.delete(Self.tooLarge, in: namespace)
                }
            default:
                var part = WriteBatch()
                part.build(step.steps, kind)
                batch.append(part, in: namespace)
            }
        }
        let (built, store, durability) = (batch, store, operation.durability)
        let receipt =
            operation.isAsync
            ? try blocking { try await store.commit(built, durability: durability) }
            : try operation.isReversed
                ? store.write(durability: durability) { $0 = built } : store.commit(built, durability: durability)
        if operation.count > 0 { try receipt.waitUntilDurable() }
        return .number(built.count)
    }

    func update(_ operation: Operation) throws -> Outcome {
        let namespace = try namespace(operation)
        let kind = setup.kind(operation.namespace)
        // The thread that is here waits for the one that the closure runs on.
        nonisolated(unsafe) let system = self
        let body: @Sendable (inout Update) throws -> Outcome = { update in
            .several(try update.run(operation.steps, kind) { system.apply($0) })
        }
        return operation.isAsync
            ? try blocking { try await namespace.update(durability: operation.durability, body) }
            : try namespace.update(durability: operation.durability, body)
    }

    /// What several tasks do to different keys at the same time.
    func together(_ operation: Operation) throws -> Outcome {
        let namespace = try namespace(operation)
        let kind = setup.kind(operation.namespace)
        let steps = operation.steps
        // Asked once, so that a namespace that was dropped is one failure.
        _ = try namespace.get(steps[0].key)
        let outcomes = try blocking {
            try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
                for (index, step) in steps.enumerated() {
                    group.addTask {
                        switch step.kind {
                        case .put:
                            try await namespace.put(
                                step.key, step.value.bytes(for: kind), durability: step.durability)
                        case .delete: try await namespace.delete(step.key, durability: step.durability)
                        case .get: return (index, .value(try await namespace.get(step.key)))
                        default:
                            let reads = try await namespace.update(durability: step.durability) { update in
                                try update.run(step.steps, kind)
                            }
                            return (index, .several(reads))
                        }
                        return (index, .done)
                    }
                }
                return try await group.reduce(into: [Int: Outcome]()) { $0[$1.0] = $1.1 }
            }
        }
        return .several(steps.indices.map { outcomes[$0] ?? .skipped })
    }

    func ingest(_ operation: Operation) throws -> Outcome {
        let namespace = try namespace(operation)
        let kind = setup.kind(operation.namespace)
        let entries = operation.steps.map { (key: $0.key, value: $0.value.bytes(for: kind)) }
        guard operation.isReversed else {
            return .number(
                operation.isAsync
                    ? try blocking { try await namespace.ingest(entries) } : try namespace.ingest(entries))
        }
        let memory = ByteCount.mebibytes(1)
        return .number(
            operation.isAsync
                ? try blocking { try await namespace.ingest(unsorted: entries, memory: memory) }
                : try namespace.ingest(unsorted: entries, memory: memory))
    }
}

extension System {
    /// A key that every call refuses.
    static let tooLarge = [UInt8](repeating: 0x61, count: Limits.keySize.bytes + 1)

    /// A call that is refused by itself.
    func refuse(_ operation: Operation) throws -> Outcome {
        let namespace = try namespace(operation)
        let key = Self.tooLarge
        switch (operation.count, operation.isAsync) {
        case (0, false): try namespace.put(key, [1])
        case (0, true): _ = try blocking { try await namespace.put(key, [1]) }
        case (_, false): try namespace.delete(key)
        case (_, true): _ = try blocking { try await namespace.delete(key) }
        }
        return .done
    }
}

extension Update {
    /// - Parameter interfere: does an operation beside the update, from within.
    fileprivate mutating func run(
        _ steps: [Operation], _ kind: NamespaceKind, _ interfere: (Operation) -> Outcome = { _ in .skipped }
    ) throws -> [Outcome] {
        var reads: [Outcome] = []
        for step in steps {
            switch step.kind {
            case .get: reads.append(.value(try get(step.key)))
            case .contains: reads.append(.flag(try contains(step.key)))
            case .put, .delete, .merge, .deleteRange, .refuse: step.write(in: &self, kind)
            case .scan:
                let entries = try entries(
                    step.range, reversed: step.isReversed, limit: step.count > 0 ? step.count : nil)
                reads.append(.entries(try entries.collect().map(KeyValue.init)))
            case .walk:
                let cursor = CursorBox(try cursor(step.range), step.namespace)
                reads.append(.several(try step.steps.map(cursor.move)))
            case .interfere: reads += step.steps.map(interfere)
            default: throw Planned()
            }
        }
        return reads
    }
}

extension WriteBatch {
    fileprivate mutating func build(_ steps: [Operation], _ kind: NamespaceKind) {
        var point: SavePoint?
        for step in steps {
            switch step.kind {
            case .put, .delete, .merge, .deleteRange, .refuse: step.write(in: &self, kind)
            case .savePoint: point = savePoint
            case .rollBack: if let point { rollBack(to: point) }
            case .clear:
                clear()
                point = nil
            case .append:
                var other = WriteBatch()
                other.build(step.steps, kind)
                append(other)
            default: break
            }
        }
    }
}

extension Operation {
    /// Does a step that writes.
    func write<Writer: Writable & ~Copyable>(
        in writer: inout Writer, _ kind: NamespaceKind
    ) throws(Writer.WriteFailure) {
        switch self.kind {
        case .put where time > 0: try writer.put(key, value.bytes(for: kind), expiresAfter: .seconds(time))
        case .put: try writer.put(key, value.bytes(for: kind))
        case .delete: try writer.delete(key)
        case .merge: try writer.merge(key, value.bytes(for: kind))
        case .deleteRange: try writer.deleteRange(range)
        case .refuse:
            if count == 0 { try writer.put(System.tooLarge, [1]) } else { try writer.delete(System.tooLarge) }
        default: break
        }
    }
}
