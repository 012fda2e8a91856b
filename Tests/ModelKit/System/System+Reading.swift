internal import KVStore

extension System {
    func readOutcome(_ operation: Operation) throws -> Outcome {
        guard let number = operation.snapshot else {
            let namespace = try namespace(operation)
            return operation.isAsync
                ? try blocking { try await operation.read(from: namespace) } : try read(operation, from: namespace)
        }
        guard let snapshot = snapshots[number] else { return .skipped }
        return operation.isAsync
            ? try blocking { try await operation.read(from: snapshot) } : try read(operation, from: snapshot)
    }

    func read(_ operation: Operation, from source: some Readable) throws -> Outcome {
        switch operation.kind {
        case .get: return .value(try source.get(operation.key))
        case .contains: return .flag(try source.contains(operation.key))
        case .withValue: return .value(try source.withValue(for: operation.key) { Array($0) })
        case .getMany: return .values(try source.getMany(operation.steps.map(\.key)))
        case .scan:
            let entries = source.entries(
                operation.range, reversed: operation.isReversed, limit: operation.count > 0 ? operation.count : nil)
            return .entries(try entries.collect().map(KeyValue.init))
        case .walk:
            let cursor = CursorBox(
                try source.cursor(operation.range, options: operation.scanOptions), operation.namespace)
            return .several(try operation.steps.map(cursor.move))
        default: return .skipped
        }
    }

    /// All that a store holds, forward; read backward too, and each entry by its key.
    func content(of store: Store) -> Outcome {
        var parts: [Outcome] = setup.kinds.indices.map { number in
            do {
                let namespace = try store.namespace(name(number))
                return .several([
                    try content(of: namespace), try attributes(of: namespace), try consumers(of: namespace),
                ])
            } catch {
                return failure(error)
            }
        }
        do { parts.append(try content(of: store.metadata)) } catch { parts.append(failure(error)) }
        return .several(parts)
    }

    private func content(of namespace: Namespace) throws -> Outcome {
        let entries = try namespace.entries().collect().map(KeyValue.init)
        let backward = try namespace.entries(reversed: true).collect().map(KeyValue.init)
        guard backward.reversed() == entries else {
            return .failed("backward: " + Outcome.entries(backward.reversed()).difference(from: .entries(entries)))
        }
        let values = try namespace.getMany(entries.map(\.key))
        guard values == entries.map(\.value) else { return .failed("getMany differs from the scan") }
        return .entries(entries)
    }
}

extension Operation {
    /// How a walk reads.
    fileprivate var scanOptions: ScanOptions {
        var options = ScanOptions()
        options.fillsCache = count & 1 == 0
        options.readahead = .kibibytes(count & 2 == 0 ? 0 : 16)
        return options
    }

    /// A read by the forms that suspend.
    func read(from source: some AsyncSource) async throws -> Outcome {
        switch kind {
        case .get: return .value(try await source.get(key))
        case .contains: return .flag(try await source.contains(key))
        case .withValue: return .value(try await source.valueInPlace(key))
        case .getMany: return .values(try await source.getMany(steps.map(\.key)))
        case .scan:
            let limit = count > 0 ? count : nil
            let entries =
                isReversed && limit == nil
                ? try await source.collected(range) : try await source.page(range, reversed: isReversed, limit: limit)
            return .entries(entries.map(KeyValue.init))
        case .walk: return try await source.walked(self)
        default: return .skipped
        }
    }
}

/// What is read by calls that suspend, with what not all that can be read has.
protocol AsyncSource: KeyValueReader {
    /// The value of a key by the form that does not copy it.
    func valueInPlace(_ key: [UInt8]) async throws -> [UInt8]?

    /// The entries of a range backward, by the form that collects them.
    func collected(_ range: KeyRange) async throws -> [Entry]

    func walked(_ operation: Operation) async throws -> Outcome
}

extension Namespace: AsyncSource {
    func valueInPlace(_ key: [UInt8]) async throws -> [UInt8]? { try await withValue(for: key) { Array($0) } }

    func collected(_ range: KeyRange) async throws -> [Entry] {
        try await entries(range, reversed: true, limit: nil).collect()
    }

    func walked(_ operation: Operation) async throws -> Outcome {
        try await withCursor(operation.range, options: operation.scanOptions) { cursor in
            var moves: [Outcome] = []
            for step in operation.steps { moves.append(try cursor.move(step)) }
            return .several(moves)
        }
    }
}

extension Snapshot: AsyncSource {
    func valueInPlace(_ key: [UInt8]) async throws -> [UInt8]? { try await pinned(key)?.withBytes { Array($0) } }

    func collected(_ range: KeyRange) async throws -> [Entry] {
        var found: [Entry] = []
        try await entries(range, reversed: true, limit: nil).forEach { found.append($0) }
        return found
    }

    func walked(_ operation: Operation) async throws -> Outcome {
        try await withCursor(operation.range, options: operation.scanOptions) { cursor in
            var moves: [Outcome] = []
            for step in operation.steps { moves.append(try cursor.move(step)) }
            return .several(moves)
        }
    }
}

extension AsyncTransaction: AsyncSource {
    func valueInPlace(_ key: [UInt8]) async throws -> [UInt8]? { try await get(key) }

    func collected(_ range: KeyRange) async throws -> [Entry] { try await page(range, reversed: true) }

    /// It has no cursor.
    func walked(_ operation: Operation) async throws -> Outcome { .skipped }
}
