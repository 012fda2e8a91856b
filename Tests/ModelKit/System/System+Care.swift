internal import KVStore

extension System {
    func care(_ operation: Operation) throws -> Outcome {
        switch operation.kind {
        case .flush:
            let namespace = try namespace(operation)
            if operation.isAsync { try blocking { try await namespace.flush() } } else { try namespace.flush() }
        case .compact:
            let namespace = try namespace(operation)
            let range = operation.range
            if operation.isAsync {
                try blocking { try await namespace.compact(range) }
            } else {
                try namespace.compact(range)
            }
        case .sync:
            let store = store
            if operation.count > 0 {
                if operation.isAsync { try blocking { try await store.sync() } } else { try store.sync() }
            } else {
                let namespace = try namespace(operation)
                if operation.isAsync { try blocking { try await namespace.sync() } } else { try namespace.sync() }
            }
        case .verify:
            let store = store
            if operation.isAsync { _ = try blocking { try await store.verify() } } else { _ = try store.verify() }
        default:
            let namespace = try namespace(operation)
            let range = operation.range
            if operation.isAsync {
                try blocking {
                    _ = try await namespace.approximateCount()
                    _ = try await namespace.approximateSize(range)
                    _ = try await namespace.property("rocksdb.stats")
                }
            } else {
                _ = try namespace.approximateCount()
                _ = try namespace.approximateSize(range)
                _ = try namespace.property("rocksdb.stats")
            }
            _ = store.memoryBudget
        }
        return .done
    }

    func reopen(_ operation: Operation) throws -> Outcome {
        let namespace = try namespace(operation)
        let shared = setup.sharing(operation.namespace, layout)
        if operation.count == 0 { for number in shared { releaseReaders(of: number) } }
        var outcomes = [Outcome.done]
        do {
            if operation.isAsync { try blocking { try await namespace.reopen() } } else { try namespace.reopen() }
        } catch {
            // It goes on as it is.
            outcomes = [failure(error)] + operation.steps.map(apply)
        }
        for number in shared { releaseReaders(of: number) }
        if outcomes[0] == .failed(.alreadyOpen) { try namespace.reopen() }
        return .several(outcomes)
    }

    func restart(_ operation: Operation) throws -> Outcome {
        if operation.count == 0 { releaseReaders() }
        let old = store
        if operation.isAsync { try blocking { try await old.close() } } else { try old.close() }
        var outcome = Outcome.done
        var reopened: Store?
        goHome()
        do {
            reopened = isInMemory ? try anew() : try Store.open(at: folder, configuration: configuration())
        } catch {
            outcome = failure(error)
        }
        let moves = cursors.keys.sorted().map { number -> Outcome in
            do { return try cursors[number]!.move(Operation(.next)) } catch { return failure(error) }
        }
        releaseReaders()
        store = try reopened ?? Store.open(at: folder, configuration: configuration())
        if isInMemory { try makeNamespaces() }
        try findNamespaces()
        return .several([outcome] + moves + [try listing()])
    }

    /// Another store in memory: nothing is left of the last.
    private func anew() throws -> Store {
        let store = try Store.inMemory(configuration: configuration())
        folder = store.path
        renamed = []
        marks = [:]
        readers = [:]
        follower = nil
        return store
    }
}
