internal import Glibc
internal import Synchronization

/// Runs the updates of one namespace one after another and commits what waits together as one group.
///
/// Closures run on their own threads under `section`, each seeing the writes of those before it, committed or not. What
/// they wrote gathers in the pending group. One group at a time is committed, outside `section`, while closures go on
/// filling the next one: by the thread that found no other committing or, when a group has gathered meanwhile, by one
/// of those who wait for it.
final class UpdateQueue: @unchecked Sendable {  // each field is guarded by the lock named beside it
    private let section = Lock(.updates)
    private let waiters = GroupWaiters()
    /// The thread whose closure runs, to refuse an update within an update; zero when none does.
    private let owner = Atomic<UInt>(0)
    /// The queue within whose closure the one that runs here runs. Guarded by `section`.
    @exclusivity(unchecked) private(set) var outer: UpdateQueue?

    private let writing = Lock(.innermost)
    /// Signalled when the engine has taken a group or refused it, with `writing`.
    private let written = Condition()

    // Guarded by `section`. Nothing of it is used twice at a time: other threads wait, and this one is refused an update
    // within an update. To have that checked at each use took a thousand instructions an update.
    @exclusivity(unchecked) private var pending: UpdateGroup
    @exclusivity(unchecked) private var inFlight: UpdateGroup?
    /// Whether somebody commits, or has updates to himself.
    @exclusivity(unchecked) private var isCommitting = false
    /// How many want updates to themselves: they go before the next group.
    @exclusivity(unchecked) private var exclusiveWaiters = 0
    /// Signalled when nobody commits any more and somebody wants updates to himself, with `section`.
    private let idle = Condition()
    @exclusivity(unchecked) private var cache = UpdateCache()
    /// What the closure that runs writes into.
    @exclusivity(unchecked) private var running = BatchOverlay()
    @exclusivity(unchecked) private var spareGroup: BatchOverlay?
    private let groupLimit: Int

    /// Whether a closure runs.
    var isRunning: Bool { owner.load(ordering: .relaxed) != 0 }

    /// Whether one runs on that thread.
    func isRun(by thread: UInt) -> Bool { owner.load(ordering: .relaxed) == thread }

    /// - Parameter groupLimit: how many bytes the updates of one group may write together.
    init(groupLimit: Int = Limits.batchSize.bytes) {
        self.groupLimit = groupLimit
        pending = UpdateGroup(place: 0, BatchOverlay(byteLimit: groupLimit))
    }

    /// Runs `body` and returns when what it wrote is committed.
    ///
    /// Not generic over what the closure of the caller returns, which goes past it: where that was not known to the
    /// compiler, looking up the types made of it took as long as all else that is done here.
    ///
    /// - Parameter body: reads by ``lookup(_:in:)`` what its own writes do not tell, and adds to them.
    /// - Returns: how it was committed; nil when it wrote nothing.
    @discardableResult
    func run<Target: UpdateTarget>(
        in target: Target, durability: Durability, _ body: (inout BatchOverlay) throws -> Void
    ) throws -> UpdateCommit? {
        let thread = UInt(pthread_self())
        guard owner.load(ordering: .relaxed) != thread else {
            throw target.error(
                .invalidArgument, .update, "an update cannot run within an update of the same namespace")
        }
        let outer = UpdateNesting.current
        if let outer, !UpdateNesting.begin(self, within: outer) {
            throw target.error(.busy, .update, UpdateNesting.refusal)
        }
        defer { if let outer { UpdateNesting.end(self, within: outer) } }
        let (ran, led) = try inSection(of: thread, within: outer) {
            let ran = try runInSection(target, durability, body)
            let led = beginCommit(in: target)
            guard let led, led.durability == .buffered, target.commitsCheaply else { return (ran, led) }
            // Done sooner than others could be told to wait for it.
            write(led, in: target)
            finish(led, endCommit(of: led, in: target))
            return (ran, nil)
        }
        if let led { commit(led, in: target) }
        guard let group = ran.group else { return nil }
        let commit = try finish(group, in: target)
        return ran.wrote ? commit : nil
    }

    /// Runs the updates of tasks one after another, commits what they wrote, and tells each task.
    func run<Target: UpdateTarget>(_ requests: [UpdateRequest<Target>], in target: Target) {
        let (waiting, led) = inSection(of: UInt(pthread_self()), within: nil) {
            var waiting: [(ran: Ran, tell: UpdateRequest<Target>.Tell)] = []
            for request in requests where request.begin() {
                do {
                    var tell: UpdateRequest<Target>.Tell?
                    let ran = try runInSection(target, request.durability) { writes in
                        tell = try request.run(&writes, self, target)
                    }
                    if let tell { waiting.append((ran, tell)) }
                } catch {
                    request.finish(error)
                }
            }
            return (waiting, beginCommit(in: target))
        }
        if let led { commit(led, in: target) }
        for (ran, tell) in waiting {
            tell(
                Result { () throws(StoreError) -> UpdateCommit? in
                    guard let group = ran.group else { return nil }
                    let commit = try finish(group, in: target)
                    return ran.wrote ? commit : nil
                })
        }
    }

    /// What came of a closure.
    private struct Ran {
        /// The group to wait for: the closure's own or, when it wrote nothing, the one whose uncommitted writes it may
        /// have read.
        let group: UpdateGroup?
        let wrote: Bool
    }

    private func inSection<Result, Failure: Error>(
        of thread: UInt, within outer: UpdateQueue?, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        section.lockPatiently()
        owner.store(thread, ordering: .relaxed)
        if outer != nil { self.outer = outer }
        UpdateNesting.setCurrent(self)
        defer {
            UpdateNesting.setCurrent(outer)
            if outer != nil { self.outer = nil }
            owner.store(0, ordering: .relaxed)
            section.unlock()
        }
        return try body()
    }

    /// Runs `body` while no update runs and none is uncommitted: what it reads and writes comes between two updates.
    func exclusively<Target: UpdateTarget, Result>(
        in target: Target, _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        guard owner.load(ordering: .relaxed) != UInt(pthread_self()) else {
            throw target.error(
                .invalidArgument, .transaction, "a transaction cannot run within an update of the same namespace")
        }
        let outer = UpdateNesting.current
        if let outer, !UpdateNesting.begin(self, within: outer) {
            throw target.error(.busy, .transaction, UpdateNesting.refusal)
        }
        defer { if let outer { UpdateNesting.end(self, within: outer) } }
        section.lock()
        defer { section.unlock() }
        exclusiveWaiters += 1
        while isCommitting { idle.wait(section) }
        exclusiveWaiters -= 1
        // What gathered while groups were held back.
        if !pending.writes.isEmpty {
            let group = takePending(in: target)
            write(group, in: target)
            release(group)
            waiters.finish(group)
        }
        return try body()
    }

    /// Runs one closure and adds its writes to the pending group.
    private func runInSection(
        _ target: some UpdateTarget, _ durability: Durability, _ body: (inout BatchOverlay) throws -> Void
    ) throws -> Ran {
        defer { running.clear() }
        try body(&running)
        if let violation = running.batch.violation {
            throw target.error(.invalidArgument, .update, violation + "; nothing of this update was written")
        }
        guard !running.isEmpty else {
            return Ran(group: pending.writes.isEmpty ? inFlight : pending, wrote: false)
        }
        guard pending.add(running.batch, durability) else {
            throw target.error(
                .busy, .update, "with the updates that wait to be committed it is over the limit of a batch; try again")
        }
        cache.apply(running.batch)
        return Ran(group: pending, wrote: true)
    }

    /// Waits until a group is committed, committing it if that falls to the caller.
    private func finish(_ group: UpdateGroup, in target: some UpdateTarget) throws(StoreError) -> UpdateCommit {
        if waiters.waitToLead(group, sleepsAtOnce: group.isToBeSynced) { commit(group, in: target) }
        return UpdateCommit(sequence: try group.outcome.get(), durability: group.durability)
    }

    /// Takes the pending group to be committed by the caller, unless somebody else commits. Called within `section`.
    private func beginCommit(in target: some UpdateTarget) -> UpdateGroup? {
        guard !isCommitting, exclusiveWaiters == 0, !pending.writes.isEmpty else { return nil }
        isCommitting = true
        return takePending(in: target)
    }

    /// Lets closures fill the next group while this one is committed. Called within `section`.
    private func takePending(in target: some UpdateTarget) -> UpdateGroup {
        let group = pending
        group.writeEpoch = target.writeEpoch
        group.batch = group.writes.batch
        inFlight = group
        pending = UpdateGroup(place: 1 - group.place, spareGroup.take() ?? BatchOverlay(byteLimit: groupLimit))
        return group
    }

    /// Commits a group that was taken and has one of those who wait for the next one go on.
    private func commit(_ group: UpdateGroup, in target: some UpdateTarget) {
        write(group, in: target)
        section.lockPatiently()
        let others = endCommit(of: group, in: target)
        section.unlock()
        finish(group, others)
    }

    /// Called within `section`.
    ///
    /// - Returns: the group that is to be committed next, and the one that failed with this one.
    private func endCommit(of group: UpdateGroup, in target: some UpdateTarget) -> (
        next: UpdateGroup?, failed: UpdateGroup?
    ) {
        let failed = release(group)
        isCommitting = false
        let next = beginCommit(in: target)
        if !isCommitting, exclusiveWaiters > 0 { idle.broadcast() }
        return (next, failed)
    }

    /// Lets the members of a group go that was committed, and has one of the next go on.
    private func finish(_ group: UpdateGroup, _ others: (next: UpdateGroup?, failed: UpdateGroup?)) {
        if let next = others.next { waiters.findLeader(of: next) }
        waiters.finish(group)
        if let failed = others.failed { waiters.finish(failed) }
    }

    /// Writes a group and lets those look into the database who wait to know which of two commits came last.
    private func write(_ group: UpdateGroup, in target: some UpdateTarget) {
        group.outcome = Result { () throws(StoreError) -> UInt64 in
            try target.commit(group.batch, group.durability)
        }
        group.batch = UpdateGroup.noWrites
        writing.withLock {
            group.isWritten = true
            written.broadcast()
        }
    }

    /// Forgets a group that was written. Called within `section`.
    ///
    /// - Returns: the group that failed with it, if it did.
    @discardableResult
    private func release(_ group: UpdateGroup) -> UpdateGroup? {
        inFlight = nil
        spareGroup = group.takeWrites()
        guard case .failure = group.outcome else { return nil }
        // Those that came after have seen writes that may not be there.
        let failed = pending
        failed.outcome = group.outcome
        pending = UpdateGroup(place: 1 - failed.place, BatchOverlay(byteLimit: groupLimit))
        cache.removeAll()
        return failed
    }

    /// The value of a key over the database: as all commits that are done have left it, and over them the updates
    /// before this one. Called within `section`.
    func lookup(_ key: RawSpan, in target: some UpdateTarget) throws(StoreError) -> [UInt8]? {
        // What expires is looked up each time.
        if target.expires { return try lookupUncached(key, in: target) }
        // At each read, since others go on writing while a closure runs, and so may the closure itself.
        let writeEpoch = target.writeEpoch
        if let cached = cache.value(of: key, at: writeEpoch) { return cached }
        let value = try lookupUncached(key, in: target)
        cache.remember(key, value, at: writeEpoch)
        return value
    }

    private func lookupUncached(_ key: RawSpan, in target: some UpdateTarget) throws(StoreError) -> [UInt8]? {
        let found = pending.writes.state(of: key)
        switch found {
        case .value(let value): return value
        case .deleted: return nil
        case .unknown:
            switch lookupInFlight(key, in: target) {
            case .value(let value): return value
            case .deleted: return nil
            case .unknown: return try target.value(of: key)
            case .merged(let merged): return try value(of: key, merged, in: target)
            }
        case .merged(let merged):
            guard merged.base == .unknown,
                case .merged(let merged) = found.over(lookupInFlight(key, in: target))
            else { return try value(of: key, merged, in: target) }
            return try value(of: key, merged, in: target)
        }
    }

    /// What the group in flight has made of a key; unknown when the database tells that, with the group in it.
    private func lookupInFlight(_ key: RawSpan, in target: some UpdateTarget) -> KeyState {
        guard let group = inFlight else { return .unknown }
        let found = group.writes.state(of: key)
        if case .unknown = found { return .unknown }
        // Another commit was under way when this one began, or has begun since: which of them came last, only the
        // database can tell. And what is merged into what the database holds may be in there already.
        if found.isOpen || !target.writeEpoch.isUndisturbed(since: group.writeEpoch) {
            waitUntilWritten(group)
            return .unknown
        }
        return found
    }

    private func waitUntilWritten(_ group: UpdateGroup) {
        writing.withLock { while !group.isWritten { written.wait(writing) } }
    }

    private func value(
        of key: RawSpan, _ merged: KeyState.Merged, in target: some UpdateTarget
    ) throws(StoreError) -> [UInt8]? {
        let base = try merged.value { () throws(StoreError) in try target.value(of: key) }
        return try target.combine(base, merged.operands)
    }

    /// What the updates before this one have written into a range and the database does not have when this returns.
    /// Called within `section`.
    func uncommittedWrites(in range: KeyRange) -> OverlayWrites {
        if let inFlight { waitUntilWritten(inFlight) }
        return pending.writes.writes(in: range)
    }
}
