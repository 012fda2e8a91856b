internal import CRocksDB
internal import Synchronization
internal import SystemPackage

/// Gathers the buffered commits of a database in front of the engine, which is handed many of them at once, in the order
/// of their keys: a commit then costs a copy into memory instead of a call of the kernel, and its insertion into the
/// memtable half.
///
/// Nothing that was promised changes. A commit is in a file that outlives the process before it is acknowledged
/// (``CommitBufferFile``), which the next opening hands on. Reads of one key look here first. All else that asks the engine
/// for something has it handed everything first: see ``Database/handle`` and ``handOn()``. And while a write goes to the
/// engine by itself, all do: so that commits are in the engine in the order in which they were made, and have the numbers
/// that they were told here.
final class CommitBuffer: @unchecked Sendable {  // guarded by its lock
    private let engine: OpaquePointer
    private let log: WALState
    private let file: CommitBufferFile
    private let segments: [CommitBufferSegment]

    private let lock = Lock(.innermost)
    /// Told when the engine has a segment or has refused it, and when the thread behind has ended.
    private let changed = Condition()
    /// Told when the thread behind has something to do.
    private let work = Condition()
    /// How many writes are here. To be looked at without the lock: a commit that was acknowledged shows in it.
    private let held = Atomic<Int>(0)
    /// How many writes go to the engine by themselves. Changed with the lock.
    private let passing = Atomic<Int>(0)
    private var isStopped = false
    /// The segment that is filled. The other one is empty, or the engine is being handed it.
    private var filled = 0
    private var isHandingOn = false
    /// Whether a thread that waits for room sorts the segment that is full, which nobody else then hands on.
    private var isSorting = false
    /// The segment that the thread behind is to hand on.
    private var full: CommitBufferSegment?
    private var hasThread = false
    private var isEnding = false
    /// The number of the last write, as long as there is one here.
    private var last: UInt64 = 0
    /// Why the engine did not take a segment. What is here stays here, and in the file, until the next opening.
    private var failure: EngineFailure?

    /// Told when commits do not gather any more because the file cannot be written to. Set before the database is used.
    nonisolated(unsafe) var onLoss: (@Sendable () -> Void)?

    /// How long the thread behind waits for something to do before it ends.
    private static let patience: UInt64 = 1_000_000_000

    /// Longer than the engine takes for a segment unless it holds writers up.
    private static let usualTime: UInt64 = 200_000_000

    /// - Parameters:
    ///   - size: of the file for commits, and of the memory that they are in too.
    ///   - engine: the handle of the database in the folder. Nothing is left there by a buffer of before.
    init(_ engine: OpaquePointer, _ log: WALState, in folder: FilePath, size: Int) throws(EngineFailure) {
        self.engine = engine
        self.log = log
        let hash = KeyHash()
        file = try CommitBufferFile(in: folder, segments: 2, segmentSize: Self.segmentSize(size))
        segments = (0..<2).map { [file] in CommitBufferSegment(file, number: $0, hash: hash) }
    }

    /// What one of that size takes of memory: the file, what is in it once more, entries and places of its segments.
    static func memory(_ size: ByteCount) -> ByteCount {
        2 * size + ByteCount(2 * CommitBufferSegment.tableSize(segmentSize(size.bytes)))
    }

    /// Whole pages.
    private static func segmentSize(_ size: Int) -> Int { size / 2 & ~4095 }

    /// Whether it takes commits in.
    var isOpen: Bool { passing.load(ordering: .relaxed) == 0 }

    // MARK: Commits

    /// Takes the put of a key in, or its deletion where there is no value: as ``append(_:count:waits:)``.
    @inline(__always)
    func append(
        _ family: UInt32, _ key: RawSpan, _ value: RawSpan?, waits: Bool
    ) throws(EngineFailure) -> UInt64? {
        // Not put together for nothing.
        guard segments[0].takes(key.byteCount + (value?.byteCount ?? 0), count: 1) else { return nil }
        return try BufferedWrite.withBytes(family, key, value) { (writes) throws(EngineFailure) in
            try append(writes, count: 1, waits: waits)
        }
    }

    /// Takes a batch in the engine's form in.
    func append(_ batch: [UInt8], count: Int, waits: Bool) throws(EngineFailure) -> UInt64? {
        try batch.span.bytes.withUnsafeBytes { (bytes) throws(EngineFailure) in
            try append(UnsafeRawBufferPointer(rebasing: bytes[WriteBatch.headerSize...]), count: count, waits: waits)
        }
    }

    /// Takes a commit in.
    ///
    /// - Parameters:
    ///   - writes: puts and deletions in the engine's form, without the header of a batch.
    ///   - waits: whether it may wait for the engine to take what is here; if not, and it would have to, it fails as
    ///     incomplete.
    /// - Returns: the number of its last write; nil when it has to go to the engine by itself.
    @inline(__always)
    func append(_ writes: UnsafeRawBufferPointer, count: Int, waits: Bool) throws(EngineFailure) -> UInt64? {
        lock.lockPatiently()
        defer { lock.unlock() }
        guard isOpen, failure == nil, segments[filled].takes(writes.count, count: count) else { return nil }
        if !segments[filled].hasRoom(for: writes.count, count: count) {
            guard try makeRoom(for: writes.count, count: count, waits: waits) else { return nil }
        }
        let before = held.load(ordering: .relaxed)
        if before == 0 { last = rocksdb_get_latest_sequence_number(engine) }
        guard segments[filled].append(writes, count: count, first: last + 1) else {
            leaveFile()
            return nil
        }
        last += UInt64(count)
        held.store(before + count, ordering: .releasing)
        return last
    }

    /// Has the thread behind hand on what is there. With the lock.
    ///
    /// - Returns: false when the commit has to go to the engine by itself after all.
    @inline(never)
    private func makeRoom(for byteCount: Int, count: Int, waits: Bool) throws(EngineFailure) -> Bool {
        while !segments[filled].hasRoom(for: byteCount, count: count) {
            if isOccupied {
                guard waits else { throw .refused(.incomplete, "the engine is being handed earlier commits") }
                if isSorting || segments[filled].isSorted { changed.wait(lock) } else { sortFilled() }
            } else if !handOnBehind() {
                guard waits else { throw .refused(.incomplete, "earlier commits have to be handed on first") }
                try handOnFilled()
            }
            guard isOpen, failure == nil else { return false }
        }
        return true
    }

    /// Spares the thread behind the sorting, in time in which there would be nothing to do but to wait for it. With the lock,
    /// which others have meanwhile.
    private func sortFilled() {
        isSorting = true
        let segment = segments[filled]
        segment.close()
        lock.unlock()
        segment.sort()
        lock.lock()
        isSorting = false
        changed.broadcast()
    }

    /// Keeps commits out, and hands on those that are here: the caller's writes go to the engine by themselves until
    /// ``endPassing()``.
    func beginPassing(waits: Bool = true) throws(EngineFailure) {
        lock.lock()
        defer { lock.unlock() }
        passing.wrappingAdd(1, ordering: .relaxed)
        do throws(EngineFailure) {
            if !waits, held.load(ordering: .relaxed) > 0 {
                throw .refused(.incomplete, "earlier commits have to be handed on first")
            }
            try handOn(through: .max)
        } catch {
            passing.wrappingSubtract(1, ordering: .relaxed)
            throw error
        }
    }

    func endPassing() { _ = lock.withLock { passing.wrappingSubtract(1, ordering: .relaxed) } }

    /// Keeps commits out for good: who reads the log wants them in their order.
    func stop() throws(EngineFailure) {
        // When the file was lost, those that are here may still have to be handed on.
        guard !lock.withLock({ isStopped && isEmpty }) else { return }
        try beginPassing()
        lock.withLock { keepOut() }
        endPassing()
    }

    /// Keeps commits out for good, since the file does not take them any more. Those that are here are in memory, and the
    /// one that met with it hands them on before it goes to the engine. With the lock.
    @inline(never)
    private func leaveFile() {
        keepOut()
        lock.unlock()
        onLoss?()
        lock.lock()
    }

    /// With the lock.
    private func keepOut() {
        guard !isStopped else { return }
        isStopped = true
        passing.wrappingAdd(1, ordering: .relaxed)
    }

    /// The number of the last commit, whether it is here or in the engine.
    var latestSequence: UInt64 {
        guard !isEmpty else { return rocksdb_get_latest_sequence_number(engine) }
        return lock.withLock { isEmpty ? rocksdb_get_latest_sequence_number(engine) : last }
    }

    // MARK: Reads

    /// What the commits here have made of a key: nil for nothing, else its stored value, or that it is not there.
    @inline(__always)
    func value(of key: RawSpan, in family: UInt32) -> KeptValue?? {
        guard held.load(ordering: .acquiring) > 0 else { return nil }
        return find(key, family)
    }

    @inline(never)
    private func find(_ key: RawSpan, _ family: UInt32) -> KeptValue?? {
        key.withUnsafeBytes { key in
            lock.lockPatiently()
            defer { lock.unlock() }
            guard let found = stored(key, family) else { return nil }
            return .some(found.map { KeptValue.make(UnsafeRawBufferPointer(start: nil, count: 0), $0) })
        }
    }

    /// With the lock.
    private func stored(_ key: UnsafeRawBufferPointer, _ family: UInt32) -> UnsafeRawBufferPointer?? {
        // The one that is filled has the younger.
        if let found = segments[filled].value(of: key, in: family) { return .some(found) }
        return segments[1 - filled].value(of: key, in: family)
    }

    // MARK: Handing on

    var isEmpty: Bool { held.load(ordering: .acquiring) == 0 }

    /// Returns when the engine has every commit that was acknowledged before.
    @inline(__always)
    func handOn() throws(EngineFailure) {
        if held.load(ordering: .acquiring) > 0 { try handOnHeld() }
    }

    @inline(never)
    private func handOnHeld() throws(EngineFailure) {
        lock.lock()
        defer { lock.unlock() }
        try handOn(through: last)
    }

    /// Has the engine take every commit that was acknowledged before, unless it holds that up.
    ///
    /// - Returns: whether it has.
    func handOnAtOnce() throws(EngineFailure) -> Bool {
        guard held.load(ordering: .acquiring) > 0 else { return true }
        lock.lock()
        defer { lock.unlock() }
        let (goal, deadline) = (last, MonotonicClock.after(Self.usualTime))
        while held.load(ordering: .relaxed) > 0, firstHeld <= goal {
            if let failure { throw failure }
            if isOccupied {
                let now = MonotonicClock.now
                guard now < deadline else { return false }
                changed.wait(lock, nanoseconds: deadline - now)
            } else if !handOnBehind() {
                try handOnFilled()
            }
        }
        return true
    }

    /// Puts the commits that are here on disk, in the file, where they stay until they are on disk in the log.
    func syncFile() throws(EngineFailure) {
        lock.withLock { for segment in segments where segment.count > 0 { segment.isPromised = true } }
        try file.sync()
    }

    /// With the lock.
    private func handOn(through goal: UInt64) throws(EngineFailure) {
        while held.load(ordering: .relaxed) > 0, firstHeld <= goal {
            if let failure { throw failure }
            if isOccupied { changed.wait(lock) } else { try handOnFilled() }
        }
    }

    /// The number of the first write that is here.
    private var firstHeld: UInt64 { last + 1 - UInt64(held.load(ordering: .relaxed)) }

    /// Hands the segment on that is filled, while another one is. With the lock, which others have meanwhile.
    private func handOnFilled() throws(EngineFailure) {
        try handOn(beginHandingOn())
    }

    /// Has the thread behind do so. With the lock.
    ///
    /// - Returns: false where there can be no such thread.
    private func handOnBehind() -> Bool {
        guard startThread() else { return false }
        full = beginHandingOn()
        work.signal()
        return true
    }

    /// Whether a thread has a segment, so that no other one can be handed on. With the lock.
    private var isOccupied: Bool { isHandingOn || isSorting }

    private func beginHandingOn() -> CommitBufferSegment {
        isHandingOn = true
        defer { filled = 1 - filled }
        return segments[filled]
    }

    private func handOn(_ segment: CommitBufferSegment) throws(EngineFailure) {
        lock.unlock()
        var outcome = Result { () throws(EngineFailure) in try insert(segment) }
        lock.lock()
        if segment.isPromised, case .success = outcome {
            // Before others take their place in the file.
            lock.unlock()
            outcome = Result { () throws(EngineFailure) in
                try notingFailure { () throws(EngineFailure) in try Database.syncLog(of: engine) }
            }
            lock.lock()
        }
        isHandingOn = false
        defer { changed.broadcast() }
        do throws(EngineFailure) {
            try outcome.get()
        } catch {
            failure = error
            throw error
        }
        held.wrappingSubtract(segment.count, ordering: .releasing)
        segment.removeAll()
    }

    private func insert(_ segment: CommitBufferSegment) throws(EngineFailure) {
        let batch = segment.takeBatch()
        try notingFailure { () throws(EngineFailure) in
            try Database.write(batch, to: engine, WriteOptions.handle(.buffered))
        }
        log.noteHole(through: segment.last)
    }

    private func notingFailure(_ body: () throws(EngineFailure) -> Void) throws(EngineFailure) {
        do throws(EngineFailure) {
            try body()
        } catch {
            log.fail(error)
            throw error
        }
    }

    // MARK: The thread behind

    /// With the lock.
    private func startThread() -> Bool {
        if !hasThread { hasThread = SeparateThread.start { [self] in runBehind() } }
        return hasThread
    }

    private func runBehind() {
        lock.lock()
        while !isEnding {
            if let segment = full.take() {
                // Who commits next is told.
                try? handOn(segment)
                continue
            }
            let deadline = MonotonicClock.after(Self.patience)
            while full == nil, !isEnding, MonotonicClock.now < deadline { work.wait(lock, nanoseconds: Self.patience) }
            if full == nil { break }
        }
        hasThread = false
        changed.broadcast()
        lock.unlock()
    }

    /// Hands on what is here, if that can be done, and ends. Called when nobody commits any more.
    func end() {
        lock.lock()
        // What the engine does not take, the next opening does.
        try? handOn(through: .max)
        isEnding = true
        work.signal()
        while hasThread { changed.wait(lock) }
        if isEmpty { file.clear() }
        lock.unlock()
    }
}
