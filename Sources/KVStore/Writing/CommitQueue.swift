/// Commits of tasks, merged: what waits at the same time becomes one write of the engine, and one sync if any of it asks
/// for one.
///
/// Many tasks that commit synced thus reach about the speed of unsynced ones, where each call of its own to the engine
/// would wait for a sync that few share.
final class CommitQueue: Sendable {
    struct Request: Sendable {
        let batch: WriteBatch
        let durability: Durability
        let call: PendingCall<CommitReceipt>
    }

    private let queue = GatheringQueue<Request>(maxTogether: 4096)
    /// Where merging stops: beyond it, a larger write is no faster.
    private static let mergeLimit = ByteCount.mebibytes(4).bytes

    /// Commits a batch. An empty batch that is `.synced` syncs the log.
    func commit(_ batch: WriteBatch, _ durability: Durability, _ namespace: Namespace) async throws -> CommitReceipt {
        let call = PendingCall<CommitReceipt>()
        return try await call.wait {
            queue.submit(Request(batch: batch, durability: durability, call: call), on: namespace.store.threads.calls) {
                Self.serve($0, namespace)
            }
        }
    }

    private static func serve(_ requests: [Request], _ namespace: Namespace) {
        var rest = requests.filter { $0.call.begin() }[...]
        while let first = rest.popFirst() {
            var group = [first]
            var bytes = first.batch.byteCount
            while let next = rest.first, bytes + next.batch.byteCount <= mergeLimit {
                group.append(rest.removeFirst())
                bytes += next.batch.byteCount
            }
            let result = Result<CommitReceipt, any Error> { try write(group, bytes, namespace) }
            for request in group { request.call.finish(result) }
        }
    }

    private static func write(
        _ group: [Request], _ bytes: Int, _ namespace: Namespace
    ) throws(StoreError) -> CommitReceipt {
        var batch = group[0].batch
        var durability = group[0].durability
        if group.count > 1 {
            batch = WriteBatch(capacity: bytes)
            for request in group {
                batch.append(request.batch)
                durability = .stronger(durability, request.durability)
            }
        }
        return try namespace.slot.withKeyspace(.write) { (keyspace) throws(EngineFailure) in
            guard !batch.isEmpty else {
                try keyspace.database.syncLog()
                return namespace.receipt(keyspace.database.log.durableSequence, .synced, keyspace)
            }
            return namespace.receipt(try keyspace.write(batch, durability), durability, keyspace)
        }
    }
}
