internal import Glibc
internal import Synchronization

/// Runs the updates of one namespace one after another and commits what waits together as one group.
///
/// Two locks make the pipeline. Closures run on their own threads under `section`, each seeing the writes of those
/// before it, committed or not. What they wrote gathers in the pending group. Whoever then gets `committing` first
/// commits the whole group for all that wait, while closures go on filling the next one.
final class UpdateQueue: @unchecked Sendable {  // each field is guarded by the lock named beside it
    private let section = Lock()
    private let committing = Lock()
    /// Signalled when a group is committed, with `committing`.
    private let committed = Condition()
    /// The thread whose closure runs, to refuse an update within an update; zero when none does.
    private let owner = Atomic<UInt>(0)

    // Guarded by `committing`.
    private var isCommitting = false

    private let writing = Lock()
    /// Signalled when the engine has taken a group or refused it, with `writing`.
    private let written = Condition()

    // Guarded by `section`.
    private var pending: CommitGroup
    private var inFlight: CommitGroup?
    private var cache = UpdateCache()
    private var cacheVersion: UInt64 = 0
    private var spare: BatchOverlay? = BatchOverlay()
    private let groupLimit: Int

    /// - Parameter groupLimit: how many bytes the updates of one group may write together.
    init(groupLimit: Int = Limits.batchSize.bytes) {
        self.groupLimit = groupLimit
        pending = CommitGroup(limit: groupLimit)
    }

    /// Runs `body` and returns when what it wrote is committed.
    func run<Result>(
        _ keyspace: Keyspace, in namespace: Namespace, durability: Durability, _ body: (inout Update) throws -> Result
    ) throws -> Result {
        let thread = UInt(pthread_self())
        guard owner.load(ordering: .relaxed) != thread else {
            throw namespace.error(
                .invalidArgument, .update, "an update cannot run within an update of the same namespace")
        }
        let (result, group) = try section.withLock {
            owner.store(thread, ordering: .relaxed)
            defer { owner.store(0, ordering: .relaxed) }
            return try runInSection(keyspace, namespace, durability, body)
        }
        if let group { try finish(group, keyspace, namespace) }
        return result
    }

    /// Runs the updates of tasks one after another, commits what they wrote, and tells each task.
    func run(_ requests: [UpdateRequest], _ keyspace: Keyspace, in namespace: Namespace) {
        let waiting = section.withLock {
            owner.store(UInt(pthread_self()), ordering: .relaxed)
            defer { owner.store(0, ordering: .relaxed) }
            var waiting: [(CommitGroup?, @Sendable (Result<Void, StoreError>) -> Void)] = []
            for request in requests where request.begin() {
                do {
                    let (tell, group) = try runInSection(keyspace, namespace, request.durability, request.run)
                    waiting.append((group, tell))
                } catch {
                    request.finish(error)
                }
            }
            return waiting
        }
        for (group, tell) in waiting {
            tell(Result { () throws(StoreError) in if let group { try finish(group, keyspace, namespace) } })
        }
    }

    /// Runs `body` while no update runs and none is uncommitted: what it reads and writes comes between two updates.
    func exclusively<Result>(
        _ keyspace: Keyspace, in namespace: Namespace, _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        guard owner.load(ordering: .relaxed) != UInt(pthread_self()) else {
            throw namespace.error(
                .invalidArgument, .transaction, "a transaction cannot run within an update of the same namespace")
        }
        committing.withLock {
            while isCommitting { committed.wait(committing) }
            isCommitting = true
        }
        defer {
            committing.withLock {
                isCommitting = false
                committed.broadcast()
            }
        }
        section.lock()
        defer { section.unlock() }
        if !pending.writes.isEmpty {
            let group = pending
            pending = CommitGroup(limit: groupLimit)
            let outcome = write(group, group.writes.batch, keyspace, namespace)
            if case .failure = outcome { cache.removeAll() }
            committing.withLock { group.outcome = outcome }
        }
        return try body()
    }

    /// Runs one closure and adds its writes to the pending group.
    ///
    /// - Returns: with the result, the group to wait for: the closure's own or, when it wrote nothing, the one whose
    ///   uncommitted writes it may have read.
    private func runInSection<Result>(
        _ keyspace: Keyspace, _ namespace: Namespace, _ durability: Durability,
        _ body: (inout Update) throws -> Result
    ) throws -> (Result, CommitGroup?) {
        let version = keyspace.otherCommits.load(ordering: .acquiring)
        if version != cacheVersion {
            cache.removeAll()
            cacheVersion = version
        }
        var update = Update(self, keyspace, namespace, spare.take() ?? BatchOverlay())
        defer {
            update.writes.clear()
            spare = update.writes
        }
        let result = try body(&update)
        if let violation = update.writes.batch.violation {
            throw namespace.error(.invalidArgument, .update, violation + "; nothing of this update was written")
        }
        guard !update.writes.isEmpty else { return (result, pending.writes.isEmpty ? inFlight : pending) }
        guard pending.add(update.writes.batch, durability) else {
            throw namespace.error(
                .busy, .update, "with the updates that wait to be committed it is over the limit of a batch; try again")
        }
        cache.apply(update.writes.batch)
        return (result, pending)
    }

    /// Waits until a group is committed, committing it unless somebody else has or is about to.
    ///
    /// A group that is not synced is written under the lock: that is over sooner than a thread sleeps and wakes. A sync is
    /// waited for outside, so that those whose group is done leave at once and need not win the lock from the committer of
    /// the next one.
    private func finish(
        _ group: CommitGroup, _ keyspace: Keyspace, _ namespace: Namespace
    ) throws(StoreError) {
        committing.lock()
        defer { committing.unlock() }
        while group.outcome == nil, isCommitting { committed.wait(committing) }
        if group.outcome == nil {
            let batch = beginCommit(of: group, keyspace)
            if group.durability == .synced {
                isCommitting = true
                committing.unlock()
                let outcome = write(group, batch, keyspace, namespace)
                committing.lock()
                isCommitting = false
                group.outcome = outcome
                committed.broadcast()
            } else {
                group.outcome = write(group, batch, keyspace, namespace)
            }
            endCommit(of: group)
        }
        try group.outcome?.get()
    }

    /// Writes a group and lets those look into the database who wait to know which of two commits came last.
    private func write(
        _ group: CommitGroup, _ batch: WriteBatch, _ keyspace: Keyspace, _ namespace: Namespace
    ) -> Result<Void, StoreError> {
        let outcome = Result { () throws(StoreError) in
            try namespace.commitUpdates(batch, group.durability, of: keyspace)
        }
        writing.withLock {
            group.isWritten = true
            written.broadcast()
        }
        return outcome
    }

    /// Lets closures fill the next group, and returns what this one is to write: closures go on looking into it.
    private func beginCommit(of group: CommitGroup, _ keyspace: Keyspace) -> WriteBatch {
        section.withLock {
            group.otherCommits = keyspace.otherCommits.load(ordering: .acquiring)
            inFlight = group
            pending = CommitGroup(limit: groupLimit)
            return group.writes.batch
        }
    }

    private func endCommit(of group: CommitGroup) {
        section.withLock {
            inFlight = nil
            guard case .failure(let error) = group.outcome else { return }
            // Those that came after have seen writes that may not be there.
            pending.outcome = .failure(error)
            pending = CommitGroup(limit: groupLimit)
            cache.removeAll()
        }
    }

    /// The value of a key over the database: as updates before this one have left it. Called within `section`.
    func lookup(_ key: RawSpan, _ keyspace: Keyspace) throws(EngineFailure) -> [UInt8]? {
        // What expires is looked up each time.
        if case .expiring = keyspace.format { return try lookupUncached(key, keyspace) }
        let bytes = Array(key)
        if let cached = cache[bytes] { return cached }
        let value = try lookupUncached(key, keyspace)
        cache.remember(bytes, value)
        return value
    }

    private func lookupUncached(_ key: RawSpan, _ keyspace: Keyspace) throws(EngineFailure) -> [UInt8]? {
        switch pending.writes.lookup(key) {
        case .value(let value): return value
        case .deleted: return nil
        case .unknown: break
        }
        let group = inFlight
        let found = group?.writes.lookup(key) ?? .unknown
        if let group, found != .unknown, keyspace.otherCommits.load(ordering: .acquiring) != group.otherCommits {
            // Another commit was done since this one began. Which of them came last, only the database can tell.
            writing.withLock { while !group.isWritten { written.wait(writing) } }
            return try keyspace.get(key)?.copy()
        }
        return switch found {
        case .value(let value): value
        case .deleted: nil
        case .unknown: try keyspace.get(key)?.copy()
        }
    }
}

/// Updates that are committed together.
private final class CommitGroup {
    /// Guarded by the queue's `section`.
    var writes: BatchOverlay
    /// Guarded by the queue's `section` until the commit begins: as much as any of the updates asked for.
    private(set) var durability = Durability.unlogged
    /// Guarded by the queue's `committing`; nil until it is known.
    var outcome: Result<Void, StoreError>?
    /// Guarded by the queue's `section`: how many commits of others there had been when this one began.
    var otherCommits: UInt64 = 0
    /// Guarded by the queue's `writing`.
    var isWritten = false

    init(limit: Int) {
        writes = BatchOverlay(byteLimit: limit)
    }

    /// Adds the writes of an update; false when there is no room for them.
    func add(_ batch: WriteBatch, _ durability: Durability) -> Bool {
        guard writes.batch.hasRoom(for: batch) else { return false }
        writes.append(batch)
        self.durability = .stronger(self.durability, durability)
        return true
    }
}

extension Durability {
    /// The one of two that promises more.
    static func stronger(_ one: Durability, _ other: Durability) -> Durability {
        if one == .synced || other == .synced { return .synced }
        return one == .buffered || other == .buffered ? .buffered : .unlogged
    }
}
