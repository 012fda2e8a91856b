internal import Logging

/// The thread that bounds what a power cut can take: syncs the write-ahead log of each namespace that was written to,
/// at most once an interval.
final class LogSyncer: BackgroundWork, @unchecked Sendable {  // `reported` is the thread's own, `isRecording` guarded
    private let pool: OpenNamespaces
    private let promises: RecoveryWatermarks
    private let interval: UInt64
    private let logger: Logger
    private let thread = BackgroundThread()
    /// Whose failure was logged: a failed log stays failed, and its writers have been told.
    private var reported: Set<ObjectIdentifier> = []
    private let recording = Lock(.innermost)
    private let recorded = Condition()
    private var isRecording = false

    init(_ pool: OpenNamespaces, _ promises: RecoveryWatermarks, interval: Duration, logger: Logger) {
        self.pool = pool
        self.promises = promises
        self.interval = interval.nanoseconds
        self.logger = logger
        let status = thread.start { self.run() }
        if status != 0 {
            logger.error(
                "no thread could be made to sync the logs; commits are synced only on demand",
                metadata: ["errno": "\(status)"])
        }
    }

    func stop() {
        thread.stop()
        recording.withLock { while isRecording { recorded.wait(recording) } }
    }

    private func run() {
        var due = MonotonicClock.after(interval)
        while thread.waits(until: due) {
            due = MonotonicClock.after(interval)
            syncAll(until: due)
        }
    }

    /// Syncs all logs. One that is being opened or closed must neither hold up the others nor be forgotten: it is come
    /// back to until the next turn.
    private func syncAll(until due: UInt64) {
        var left = pool.syncLogs(of: pool.openSlots, sync)
        while !left.isEmpty, MonotonicClock.now < due, thread.waits(until: min(due, MonotonicClock.after(1_000_000))) {
            left = pool.syncLogs(of: left, sync)
        }
        recordPromises()
    }

    /// Notes how far the databases are on disk, if it is time again: on another thread, since it takes syncs of its
    /// own.
    private func recordPromises() {
        guard promises.isDue else { return }
        recording.withLock {
            // Where no thread can be made, it is due at the next turn.
            if !isRecording { isRecording = SeparateThread.start { self.record() } }
        }
    }

    private func record() {
        defer {
            recording.withLock {
                isRecording = false
                recorded.broadcast()
            }
        }
        do throws(StoreError) {
            try promises.record()
        } catch {
            // Closing notes it once more.
            guard error.code != .closed else { return }
            logger.error("how far the namespaces are on disk could not be noted", metadata: error.logMetadata)
        }
    }
}

extension LogSyncer {
    private func sync(_ slot: NamespaceSlot) -> SyncOutcome {
        do throws(StoreError) {
            let outcome = try slot.syncLog(waits: false) { promises.note(slot.id, $0.database.log) }
            reported.remove(ObjectIdentifier(slot))
            return outcome
        } catch {
            if reported.insert(ObjectIdentifier(slot)).inserted {
                logger.error("a write-ahead log could not be synced", metadata: error.logMetadata)
            }
            return .done
        }
    }
}
