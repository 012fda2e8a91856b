internal import Logging

/// Looks at the open databases once a second and tells what nobody asks for: that writers are held up, that a database
/// takes no more writes, and once a minute what was flushed and compacted.
final class EngineWatch {
    private let pool: OpenNamespaces
    private let storage: any NamespaceStorage
    private let logger: Logger
    /// Whether nobody else tells of a log that failed.
    private let tellsFailures: Bool
    private var holdUps = HoldUps()
    private var failed: Set<UInt64> = []
    private var jobs: [UInt64: (columnFamily: ObjectIdentifier, jobs: EngineJobs)] = [:]
    private var nextSummary: UInt64 = 0
    private static let summaryInterval: UInt64 = 60_000_000_000

    init(_ pool: OpenNamespaces, _ storage: any NamespaceStorage, _ logger: Logger, tellsFailures: Bool) {
        self.pool = pool
        self.storage = storage
        self.logger = logger
        self.tellsFailures = tellsFailures
    }

    /// - Parameter now: the time, in nanoseconds.
    func look(at now: UInt64) {
        let databases = storage.databases(of: pool.openSlots)
        for database in databases { look(at: database, now) }
        // Those that were closed hold nobody up.
        for number in holdUps.databases.subtracting(databases.map(\.place.number)) {
            tell(holdUps.see(nil, of: number, at: now), metadata: ["database": "\(storage.folder(of: number))"])
        }
        guard now >= nextSummary, logger.logLevel <= .debug else { return }
        let isFirst = nextSummary == 0
        nextSummary = now + Self.summaryInterval
        summarize(tells: !isFirst)
    }

    // MARK: Writers

    private func look(at database: NamespaceDatabase, _ now: UInt64) {
        let number = database.place.number
        // It is of the whole database: one of its namespaces knows.
        var seen: (holdUp: EngineLoad.HoldUp?, failure: StoreError?)?
        for slot in database.slots {
            seen = try? slot.withColumnFamilyAside(.statistics) { (columnFamily) throws(EngineFailure) in
                (
                    holdUp: columnFamily.holdUp,
                    failure: columnFamily.database.log.failure.map { slot.context.error($0, .sync) }
                )
            }
            if seen != nil { break }
        }
        let event = holdUps.see(seen?.holdUp, of: number, at: now)
        if let event { tell(event, metadata: metadata(of: database)) }
        guard tellsFailures, let seen else { return }
        if let failure = seen.failure, failure.code != .readOnly {
            guard failed.insert(number).inserted else { return }
            logger.error("a database takes no more writes until it is reopened", metadata: failure.logMetadata)
        } else {
            failed.remove(number)
        }
    }

    private func tell(_ event: HoldUps.Event?, metadata: @autoclosure () -> Logger.Metadata) {
        switch event {
        case nil: break
        case .begun(let holdUp):
            var metadata = metadata()
            metadata["state"] = "\(holdUp.rawValue)"
            logger.notice("writers are held up", metadata: metadata)
        case .ended(let duration):
            var metadata = metadata().filter { ["database", "namespace"].contains($0.key) }
            metadata["duration_ms"] = .milliseconds(duration)
            logger.notice("writers are no longer held up", metadata: metadata)
        }
    }

    /// Which of the namespaces in it has writers held up, and why.
    private func metadata(of database: NamespaceDatabase) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["database": "\(database.place.folder)", "cause": "unknown"]
        for slot in database.slots {
            let found = try? slot.withColumnFamilyAside(.statistics) { (columnFamily) throws(EngineFailure) in
                let load = columnFamily.load
                return (load, columnFamily.holdUpCause(load))
            }
            guard let (load, cause) = found, cause != nil || database.slots.count == 1 else { continue }
            if let name = slot.context.namespace { metadata["namespace"] = "\(name)" }
            if let cause { metadata["cause"] = "\(cause)" }
            metadata.merge(load.logMetadata) { $1 }
            break
        }
        return metadata
    }

    // MARK: Flushes and compactions

    private func summarize(tells: Bool) {
        var open: [UInt64: (columnFamily: ObjectIdentifier, jobs: EngineJobs)] = [:]
        for slot in pool.openSlots {
            let found = try? slot.withColumnFamilyAside(.statistics) { (columnFamily) throws(EngineFailure) in
                (ObjectIdentifier(columnFamily), columnFamily.jobs, columnFamily.load)
            }
            guard case let (identity, now?, load)? = found else { continue }
            open[slot.id] = (identity, now)
            // Counted from when it was opened.
            let before = jobs[slot.id].flatMap { $0.columnFamily == identity ? $0.jobs : nil }
            let flushes = now.flushes - (before?.flushes ?? 0)
            let compactions = now.compactions - (before?.compactions ?? 0)
            guard tells, flushes > 0 || compactions > 0 else { continue }
            var metadata = load.logMetadata
            metadata["namespace"] = "\(slot.context.namespace ?? "")"
            metadata["flushes"] = "\(flushes)"
            metadata["compactions"] = "\(compactions)"
            let busy = max(0, now.seconds - (before?.seconds ?? 0))
            metadata["busy_ms"] = .milliseconds(UInt64(busy * 1e9))
            logger.debug("flushed and compacted", metadata: metadata)
        }
        jobs = open
    }
}

extension EngineLoad {
    fileprivate var logMetadata: Logger.Metadata {
        [
            "level0_files": "\(level0Files)", "full_memtables": "\(fullMemtables)",
            "memtable_bytes": "\(memtableBytes)", "table_bytes": "\(tableBytes)",
            "pending_compaction_bytes": "\(pendingCompactionBytes)",
        ]
    }
}
