internal import KVStore

extension System {
    func readOutcome(_ operation: Operation) throws -> Outcome {
        guard let number = operation.snapshot else {
            let namespace = try namespace(operation)
            return operation.isAsync ? try readAsync(operation, namespace) : try read(operation, from: namespace)
        }
        guard let snapshot = snapshots[number] else { return .skipped }
        return try read(operation, from: snapshot)
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
            var options = ScanOptions()
            options.fillsCache = operation.count & 1 == 0
            options.readahead = .kibibytes(operation.count & 2 == 0 ? 0 : 16)
            let cursor = CursorBox(try source.cursor(operation.range, options: options), operation.namespace)
            return .several(try operation.steps.map(cursor.move))
        default: return .skipped
        }
    }

    private func readAsync(_ operation: Operation, _ namespace: Namespace) throws -> Outcome {
        try blocking {
            switch operation.kind {
            case .get: return .value(try await namespace.get(operation.key))
            case .contains: return .flag(try await namespace.contains(operation.key))
            case .withValue: return .value(try await namespace.withValue(for: operation.key) { Array($0) })
            case .getMany: return .values(try await namespace.getMany(operation.steps.map(\.key)))
            case .scan:
                var found: [KeyValue] = []
                let limit = operation.count > 0 ? operation.count : nil
                for try await entry in namespace.entries(
                    operation.range, reversed: operation.isReversed, limit: limit)
                {
                    found.append(KeyValue(entry))
                }
                return .entries(found)
            default: return .skipped
            }
        }
    }

    /// All that a store holds, forward; read backward too, and each entry by its key.
    func content(of store: Store) -> Outcome {
        var parts: [Outcome] = setup.kinds.indices.map { number in
            do {
                let namespace = try store.namespace(name(number))
                return .several([try content(of: namespace), try attributes(of: namespace)])
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
