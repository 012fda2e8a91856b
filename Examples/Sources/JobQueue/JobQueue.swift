import KVStore
import KVStoreTables

/// Jobs that are done at least once, the one due first before the others, each by one worker at a time.
///
/// A worker that takes a job has it for a time, its lease. When that runs out before the job is finished, since the worker
/// died or hangs, the next one who asks gets it. All that is known is in the store: a killed process leaves jobs that are
/// due, and jobs whose leases run out.
struct JobQueue: Sendable {
    /// A job that a worker has.
    struct Lease: Sendable {
        let job: Int
        let payload: String
        /// The first time it is 1.
        let attempt: Int
        fileprivate let end: Int64
    }

    /// The worker has had a job for longer than its lease, and another may be doing it.
    struct LeaseIsOver: Error {}

    private let space: Namespace
    private let numbers = Table("number", key: String.self, value: .key(Int.self))
    private let payloads = Table("payload", key: Int.self, value: .text)
    /// When a job may be taken: as soon as it is due, and when its lease ends. With how often it was taken.
    private let queue = Table("queue", key: KeyTuple<Int64, Int>.self, value: .key(Int.self))
    private let now: @Sendable () -> Int64

    /// - Parameter now: nanoseconds of a clock that goes on over restarts.
    init(in space: Namespace, now: @escaping @Sendable () -> Int64) {
        self.space = space
        self.now = now
    }

    /// Adds a job that is due after a time.
    ///
    /// - Returns: its number.
    func add(_ payload: String, after delay: Duration = .zero) async throws -> Int {
        let due = now() + delay.nanoseconds
        return try await space.update { update in
            let number = try numbers.get("last job", in: &update).map { $0 + 1 } ?? 1
            try numbers.put("last job", number, in: &update)
            try payloads.put(number, payload, in: &update)
            try queue.put(KeyTuple(due, number), 0, in: &update)
            return number
        }
    }

    /// Takes the job that has been due for the longest time; nil when none is.
    func take(for time: Duration) async throws -> Lease? {
        let now = now()
        let end = now + time.nanoseconds
        return try await space.update { update in
            let due = try queue.rows(.partial(in: ...now), limit: 1, in: &update)
            guard let (place, attempts) = due.first else { return nil }
            let job = place.parts.1
            guard let payload = try payloads.get(job, in: &update) else { return nil }
            try queue.delete(place, in: &update)
            try queue.put(KeyTuple(end, job), attempts + 1, in: &update)
            return Lease(job: job, payload: payload, attempt: attempts + 1, end: end)
        }
    }

    /// Notes that a job is done: nobody gets it again.
    ///
    /// - Throws: `LeaseIsOver` when somebody else has taken it meanwhile.
    func finish(_ lease: Lease) async throws {
        try await space.update { update in
            let place = KeyTuple(lease.end, lease.job)
            guard try queue.get(place, in: &update) != nil else { throw LeaseIsOver() }
            try queue.delete(place, in: &update)
            try payloads.delete(lease.job, in: &update)
        }
    }

    /// How many jobs are not done.
    func count() async throws -> Int {
        var count = 0
        for try await _ in queue.rows(in: space) { count += 1 }
        return count
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
