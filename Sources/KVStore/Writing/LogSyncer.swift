internal import Glibc
internal import Logging

/// The thread that bounds what a power cut can take: syncs the write-ahead log of each namespace that was written to, at
/// most once an interval.
final class LogSyncer: @unchecked Sendable {  // guarded by its lock
    private let pool: NamespacePool
    private let promises: DurablePromises
    private let interval: UInt64
    private let logger: Logger
    private let lock = Lock()
    private let changed = Condition()
    private var isStopping = false
    private var hasEnded = false
    /// Whose failure was logged: a failed log stays failed, and its writers have been told.
    private var reported: Set<ObjectIdentifier> = []

    init(_ pool: NamespacePool, _ promises: DurablePromises, interval: Duration, logger: Logger) {
        self.pool = pool
        self.promises = promises
        self.interval = interval.nanoseconds
        self.logger = logger
        var thread = pthread_t()
        let body = Unmanaged.passRetained(self)
        let status = pthread_create(&thread, nil, runLogSyncer, body.toOpaque())
        if status == 0 {
            pthread_detach(thread)
        } else {
            hasEnded = true
            body.release()
            logger.error("no thread could be made to sync the logs (\(status)); commits are synced only on demand")
        }
    }

    /// Ends the thread and waits for it.
    func stop() {
        lock.withLock {
            isStopping = true
            changed.broadcast()
            while !hasEnded { changed.wait(lock) }
        }
    }

    fileprivate func run() {
        var due = MonotonicClock.after(interval)
        while waits(until: due) {
            due = MonotonicClock.after(interval)
            syncAll()
        }
        lock.withLock {
            hasEnded = true
            changed.broadcast()
        }
    }

    /// Waits for the next turn; false when there is none.
    private func waits(until due: UInt64) -> Bool {
        lock.withLock {
            while !isStopping {
                let now = MonotonicClock.now
                if now >= due { return true }
                changed.wait(lock, nanoseconds: due - now)
            }
            return false
        }
    }

    private func syncAll() {
        // One that is being opened or closed must not hold up the others, nor be forgotten.
        let inTransition = pool.all().filter { !sync($0, waits: false) }
        for slot in inTransition { _ = sync(slot, waits: true) }
        do throws(StoreError) {
            try promises.recordIfDue()
        } catch {
            logger.error("how far the namespaces are on disk could not be noted: \(error)")
        }
    }
}

extension LogSyncer {
    /// Syncs the log of a namespace; false when it has to be come back to.
    private func sync(_ slot: KeyspaceSlot, waits: Bool) -> Bool {
        do throws(StoreError) {
            let isDone = try slot.syncLog(waits: waits) { promises.note(slot.id, $0.database.log) }
            reported.remove(ObjectIdentifier(slot))
            return isDone
        } catch {
            if reported.insert(ObjectIdentifier(slot)).inserted {
                logger.error("a write-ahead log could not be synced: \(error)")
            }
            return true
        }
    }
}

private func runLogSyncer(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<LogSyncer>.fromOpaque(context).takeRetainedValue().run() }
    return nil
}
