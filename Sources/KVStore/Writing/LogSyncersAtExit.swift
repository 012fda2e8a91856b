internal import Glibc

/// Ends the log syncers of stores that are open when the process exits: the engine's global objects are destroyed then,
/// and a sync under way would end the process with an abort.
final class LogSyncersAtExit: @unchecked Sendable {  // guarded by its lock
    static let shared = LogSyncersAtExit()

    private struct Reference { weak var syncer: LogSyncer? }

    private let lock = Lock()
    private var references: [Reference] = []

    /// Registered once the engine was used, so that this runs before the engine's objects go.
    private init() { atexit { LogSyncersAtExit.shared.stopAll() } }

    func add(_ syncer: LogSyncer) {
        lock.withLock {
            references.removeAll { $0.syncer == nil }
            references.append(Reference(syncer: syncer))
        }
    }

    private func stopAll() {
        let syncers = lock.withLock { references.compactMap(\.syncer) }
        for syncer in syncers { syncer.stop() }
    }
}
