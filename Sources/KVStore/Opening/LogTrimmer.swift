internal import Logging

/// Removes the logs that are kept for changes and need not be kept any more, of the databases that are open.
final class LogTrimmer: Sendable {
    private let pool: OpenNamespaces
    private let storage: any NamespaceStorage
    private let clock: ExpiryClock
    private let logger: Logger

    init(_ pool: OpenNamespaces, _ storage: any NamespaceStorage, _ clock: ExpiryClock, _ logger: Logger) {
        self.pool = pool
        self.storage = storage
        self.clock = clock
        self.logger = logger
    }

    func trim() {
        for database in storage.databases(of: pool.openSlots) {
            for slot in database.slots {
                // Asked before: what knows it may wait for an opening, which a call inside must not.
                let retention = storage.logRetention(of: slot)
                do throws(StoreError) {
                    let isDone: Void? = try slot.withColumnFamilyAside(.changes) {
                        (columnFamily) throws(EngineFailure) in
                        try columnFamily.database.trimLogs(retention, now: clock.now)
                    }
                    if isDone != nil { break }
                } catch {
                    logger.warning("logs that were kept for changes could not be removed: \(error)")
                    break
                }
            }
        }
    }
}
