/// Commits of tasks, merged: what waits at the same time becomes one write of the engine, and one sync if any of it
/// asks for one.
///
/// Many tasks that commit synced thus reach about the speed of unsynced ones, where each call of its own to the engine
/// would wait for a sync that few share.
final class TaskGroupCommit<Outcome: Sendable>: Sendable {
    private struct Request: Sendable {
        let batch: WriteBatch
        let durability: Durability
        let call: PendingCall<Outcome>
    }

    /// Writes a batch, which may be of several requests, as durably as the most demanding of them asks for.
    typealias Write = @Sendable (WriteBatch, Durability) throws -> Outcome

    private let queue = Coalescer<Request>(maxTogether: 4096)

    /// Commits a batch, by `write` on a thread of the pool.
    func commit(
        _ batch: WriteBatch, _ durability: Durability, on pool: IOPool, _ write: @escaping Write
    ) async throws -> Outcome {
        let call = PendingCall<Outcome>()
        return try await call.wait {
            queue.submit(Request(batch: batch, durability: durability, call: call), on: pool) { Self.serve($0, write) }
        }
    }

    private static func serve(_ requests: [Request], _ write: Write) {
        var rest = requests.filter { $0.call.begin() }[...]
        while let first = rest.popFirst() {
            var group = [first]
            var bytes = first.batch.byteCount
            while let next = rest.first, bytes + next.batch.byteCount <= mergeLimit {
                group.append(rest.removeFirst())
                bytes += next.batch.byteCount
            }
            let result = Result<Outcome, any Error> { try self.write(group, bytes, write) }
            for request in group { request.call.finish(result) }
        }
    }

    private static func write(_ group: [Request], _ bytes: Int, _ write: Write) throws -> Outcome {
        guard group.count > 1 else { return try write(group[0].batch, group[0].durability) }
        var batch = WriteBatch(capacity: bytes)
        var durability = group[0].durability
        for request in group {
            batch.append(request.batch)
            durability = max(durability, request.durability)
        }
        return try write(batch, durability)
    }

    /// Where merging stops: beyond it, a larger write is no faster.
    private static var mergeLimit: Int { ByteCount.mebibytes(4).bytes }
}
