internal import Logging

/// The thread that looks after the open namespaces: keeps their memtables and descriptors within the limits, notes when they
/// were used, removes logs that are no longer kept, and tells of writers that are held up.
final class MaintenanceThread: BackgroundWork, @unchecked Sendable {  // variables are its own, the rest immutable
    private let pool: OpenNamespaces
    private let usages: NamespaceUsages
    private let memtables: WriteBufferManager?
    private let logs: LogTrimmer
    private let watch: EngineWatch
    private let logger: Logger
    private let thread = BackgroundThread()
    private var nextNote: UInt64 = 0
    private var nextRecord: UInt64
    private static let second: UInt64 = 1_000_000_000
    /// How often what was noted goes into the catalog: each time is a sync.
    private static let recordInterval = 60 * second

    init(
        _ pool: OpenNamespaces, _ usages: NamespaceUsages, _ logs: LogTrimmer, _ watch: EngineWatch,
        memtableLimit: ByteCount?, logger: Logger
    ) {
        self.watch = watch
        self.pool = pool
        self.usages = usages
        self.logs = logs
        self.logger = logger
        memtables = memtableLimit.map { WriteBufferManager($0, pool, logger) }
        nextRecord = MonotonicClock.after(Self.recordInterval)
        let status = thread.start { self.run() }
        if status != 0 {
            logger.error(
                "no thread could be made to bound the memtables of all namespaces together",
                metadata: ["errno": "\(status)"])
        }
    }

    func stop() { thread.stop() }

    private func run() {
        var pause = Self.second
        while thread.waits(until: MonotonicClock.after(min(pause, Self.second))) {
            pause = memtables?.enforce() ?? Self.second
            let now = MonotonicClock.now
            guard now >= nextNote else { continue }
            noteUse()
            logs.trim()
            pool.boundFiles()
            watch.look(at: now)
        }
    }

    private func noteUse() {
        nextNote = MonotonicClock.after(Self.second)
        for slot in pool.openSlots where slot.uses.isUnnoted {
            _ = try? slot.withColumnFamilyAside(.statistics) { (columnFamily) throws(EngineFailure) in
                usages.note(slot, columnFamily)
            }
        }
        guard MonotonicClock.now >= nextRecord else { return }
        nextRecord = MonotonicClock.after(Self.recordInterval)
        do throws(StoreError) {
            try usages.record()
        } catch {
            if error.code != .closed {
                logger.error("when namespaces were used could not be noted", metadata: error.logMetadata)
            }
        }
    }
}
