public import KVStoreInterface

extension Table {
    /// Puts a row and what its indexes have of it, in one commit.
    ///
    /// - Parameters:
    ///   - space: the namespace.
    ///   - durability: what it survives when this returns; the store's default when nil.
    /// - Throws: `.uniqueViolation` when another row has what a unique index takes once, and nothing was written; what the store
    ///   and the coder throw.
    @inlinable
    public nonisolated(nonsending) func put(
        _ key: Key, _ value: Value, in space: some KeyValueNamespace, durability: Durability? = nil
    ) async throws {
        guard !hasIndexes else {
            return try await change(key, to: value, in: space, durability: durability)
        }
        var batch = WriteBatch()
        batch.put(self.key(key), try encode(value))
        try await space.commit(batch, durability: durability)
    }

    /// Deletes a row and what its indexes have of it, in one commit. That it is not there is no error.
    ///
    /// - Throws: what the store throws; with indexes also what the coder throws for the value that is there.
    @inlinable
    public nonisolated(nonsending) func delete(
        _ key: Key, in space: some KeyValueNamespace, durability: Durability? = nil
    ) async throws {
        guard !hasIndexes else { return try await change(key, to: nil, in: space, durability: durability) }
        var batch = WriteBatch()
        batch.delete(self.key(key))
        try await space.commit(batch, durability: durability)
    }

    /// Deletes all rows and what the indexes have of them, in one commit.
    ///
    /// - Throws: what the store throws. That there are none is no error.
    public nonisolated(nonsending) func deleteAll(
        in space: some KeyValueNamespace, durability: Durability? = nil
    ) async throws {
        var batch = WriteBatch()
        batch.deleteRange(range())
        if hasIndexes { batch.deleteRange(.prefix(prefix + IndexKeys.entries)) }
        try await space.commit(batch, durability: durability)
    }

    /// Puts a row into a batch, or into what else is written together, of a table without indexes.
    ///
    /// - Throws: `.indexed` for a table with indexes: use an update or a transaction, which can read what they replace. What the
    ///   coder and the writer throw.
    public func put(_ key: Key, _ value: Value, in writer: inout some Writable & ~Copyable) throws {
        try checkIsPlain()
        try writer.put(self.key(key), try encode(value))
    }

    /// Deletes a row in a batch, or in what else is written together, of a table without indexes. That it is not there is no
    /// error.
    ///
    /// - Throws: `.indexed` for a table with indexes; what the writer throws.
    public func delete(_ key: Key, in writer: inout some Writable & ~Copyable) throws {
        try checkIsPlain()
        try writer.delete(self.key(key))
    }

    private func checkIsPlain() throws(TableError) {
        guard !hasIndexes else {
            throw TableError(
                .indexed, "the table has indexes: write it in an update or a transaction, or name the namespace")
        }
    }

    /// Puts a row and what its indexes have of it, in the closure of an update.
    ///
    /// - Throws: `.uniqueViolation` when another row has what a unique index takes once, and nothing of the row was written; what
    ///   the update, the writer and the coder throw.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func put(_ key: Key, _ value: Value, in update: inout some Writable & PointReadable & ~Copyable) throws {
        guard hasIndexes else { return try update.put(self.key(key), try encode(value)) }
        let change = try change(of: key, from: try get(key, in: &update), to: value)
        for entry in change.unique { try entry.check(holder: try update.get(entry.key)) }
        for entry in change.removed {
            if entry.isUnique, try update.get(entry.key) != entry.value { continue }
            try update.delete(entry.key)
        }
        for entry in change.added { try update.put(entry.key, entry.value) }
        try update.put(self.key(key), try encode(value))
    }

    /// Deletes a row and what its indexes have of it, in the closure of an update. That it is not there is no error.
    ///
    /// - Throws: what the update, the writer and the coder throw.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func delete(_ key: Key, in update: inout some Writable & PointReadable & ~Copyable) throws {
        if hasIndexes {
            let change = try change(of: key, from: try get(key, in: &update), to: nil)
            for entry in change.removed {
                if entry.isUnique, try update.get(entry.key) != entry.value { continue }
                try update.delete(entry.key)
            }
        }
        try update.delete(self.key(key))
    }

    /// Puts a row and what its indexes have of it, in a transaction whose closure does not suspend.
    ///
    /// - Throws: as in the closure of an update.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func put(_ key: Key, _ value: Value, in transaction: some Writable & PointReadable & AnyObject) throws {
        var transaction = transaction
        try put(key, value, in: &transaction)
    }

    /// Deletes a row and what its indexes have of it, in a transaction whose closure does not suspend. That it is not there is
    /// no error.
    ///
    /// - Throws: as in the closure of an update.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func delete(_ key: Key, in transaction: some Writable & PointReadable & AnyObject) throws {
        var transaction = transaction
        try delete(key, in: &transaction)
    }

    /// Puts a row and what its indexes have of it, in a transaction.
    ///
    /// - Throws: `.uniqueViolation` when another row has what a unique index takes once, and nothing of the row was written; what
    ///   the transaction and the coder throw.
    public nonisolated(nonsending) func put(
        _ key: Key, _ value: Value, in transaction: some KeyValueTransaction
    ) async throws {
        let bytes = try encode(value)
        if hasIndexes {
            let change = try change(of: key, from: try await get(key, in: transaction), to: value)
            for entry in change.unique { try entry.check(holder: try await transaction.get(entry.key)) }
            for entry in change.removed {
                if entry.isUnique, try await transaction.get(entry.key) != entry.value { continue }
                try transaction.delete(entry.key)
            }
            for entry in change.added { try transaction.put(entry.key, entry.value) }
        }
        try transaction.put(self.key(key), bytes)
    }

    /// Deletes a row and what its indexes have of it, in a transaction. That it is not there is no error.
    ///
    /// - Throws: what the transaction and the coder throw.
    public nonisolated(nonsending) func delete(_ key: Key, in transaction: some KeyValueTransaction) async throws {
        if hasIndexes {
            let change = try change(of: key, from: try await get(key, in: transaction), to: nil)
            for entry in change.removed {
                if entry.isUnique, try await transaction.get(entry.key) != entry.value { continue }
                try transaction.delete(entry.key)
            }
        }
        try transaction.delete(self.key(key))
    }

    /// Writes again, with the coder's last version, all values of earlier ones; step by step, so that it can be cancelled and
    /// begun anew at any time.
    ///
    /// - Parameter batchSize: how many rows a step reads.
    /// - Returns: how many were written.
    /// - Throws: what the store and the coder throw.
    @discardableResult
    public func rewriteValues(in space: some KeyValueNamespace, batchSize: Int = 256) async throws -> Int {
        var written = 0
        var steps = RowSteps(batchSize)
        while true {
            let (after, size) = (steps.progress, steps.size)
            let step = try await steps.tryOnce {
                try await space.withTransaction { transaction in
                    let entries = try await transaction.page(self.range(after: after), limit: size)
                    var count = 0
                    for entry in entries where !entry.value.withBytes({ self.coder.isCurrent($0) }) {
                        let row = try self.row(entry)
                        try await self.put(row.key, row.value, in: transaction)
                        count += 1
                    }
                    return (entries.count, entries.last?.key, count)
                }
            }
            guard let (read, last, count) = step else { continue }
            written += count
            guard read == size, let last else { return written }
            steps.progress = Array(last[prefix.count...])
        }
    }

    /// Where the rows behind one are in the namespace.
    func range(after key: [UInt8]) -> KeyRange {
        range(key.isEmpty ? .all : KeyRange(lowerBound: key + [0], upperBound: nil))
    }
}

/// The steps of something that goes through all rows, each a transaction: smaller ones where others get between.
struct RowSteps {
    private(set) var size: Int
    /// The encoded key of the last row that was done; empty before the first.
    var progress: [UInt8] = []
    private var failures = 0

    init(_ size: Int) { self.size = max(size, 1) }

    /// Does a step; nil when it is to be tried again.
    mutating func tryOnce<Result>(_ step: () async throws -> Result) async throws -> Result? {
        try Task.checkCancellation()
        do {
            let result = try await step()
            failures = 0
            return result
        } catch let error as StoreError where error.isRetryable && failures < 100 {
            failures += 1
            size = max(size / 2, 1)
            return nil
        }
    }
}
