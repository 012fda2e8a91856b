internal import KVStore

extension Model {
    func readOutcome(_ operation: Operation) throws -> Outcome {
        guard let number = operation.snapshot else {
            return try inNamespace(operation) { try read(operation, $0.entries) }
        }
        guard let snapshot = snapshots[number] else { return .skipped }
        if let ending = snapshot.ending { return .failed(ending) }
        return try read(operation, snapshot.content)
    }

    func read(_ operation: Operation, _ entries: ModelEntries) throws -> Outcome {
        switch operation.kind {
        case .get, .withValue: return .value(try entries.get(operation.key, at: now))
        case .contains: return .flag(try entries.get(operation.key, at: now) != nil)
        case .getMany: return .values(try operation.steps.map { try entries.get($0.key, at: now) })
        case .scan: return try scan(operation, entries).outcome
        case .walk:
            let (lower, upper) = operation.bounds
            var cursor = ModelCursor(entries, lower, upper)
            return try walk(operation, &cursor)
        default: return .skipped
        }
    }

    /// A scan, with the stretch that it goes over.
    func scan(
        _ operation: Operation, _ entries: ModelEntries
    ) throws -> (outcome: Outcome, trace: ModelCursor.Trace) {
        let (lower, upper) = operation.bounds
        var cursor = ModelCursor(entries, lower, upper)
        var found: [KeyValue] = []
        let limit = operation.count > 0 ? operation.count : .max
        while found.count < limit,
            let entry = try operation.isReversed ? cursor.previous(at: now) : cursor.next(at: now)
        {
            found.append(entry)
        }
        return (.entries(found), cursor.trace)
    }

    func walk(_ operation: Operation, _ cursor: inout ModelCursor) throws -> Outcome {
        .several(try operation.steps.map { try move($0, &cursor) })
    }

    func move(_ operation: Operation, _ cursor: inout ModelCursor) throws -> Outcome {
        switch operation.kind {
        case .next: .entry(try cursor.next(at: now))
        case .previous: .entry(try cursor.previous(at: now))
        case .seek: .entry(try cursor.seek(operation.key, at: now))
        case .seekBack:
            .entry(
                try isFlawed(.reversesSeekBack)
                    ? cursor.seek(operation.key, at: now) : cursor.seekBack(operation.key, at: now))
        default: .skipped
        }
    }
}
