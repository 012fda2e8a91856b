extension NamespaceSlot {
    /// Commits a batch of a task, together with what other tasks commit at the same time. An empty batch that is
    /// `.synced` syncs the log.
    func commit(_ batch: WriteBatch, _ durability: Durability, on pool: IOPool) async throws -> LoggedCommit {
        try await tasks.commits.commit(batch, durability, on: pool) { try self.write($0, $1) }
    }

    private func write(_ batch: WriteBatch, _ durability: Durability) throws(StoreError) -> LoggedCommit {
        try withColumnFamily(.write) { (columnFamily) throws(EngineFailure) in
            let log = columnFamily.database.log
            guard !batch.isEmpty else {
                try columnFamily.database.syncCommitted()
                return LoggedCommit(sequence: log.durableSequence, durability: .synced, log: log)
            }
            return LoggedCommit(sequence: try columnFamily.write(batch, durability), durability: durability, log: log)
        }
    }
}
