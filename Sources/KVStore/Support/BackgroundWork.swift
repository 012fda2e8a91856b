internal import Glibc

/// What a store does on threads of its own, beside the calls of its users.
protocol BackgroundWork: AnyObject, Sendable {
    /// Ends it and waits for what is under way.
    func stop()
}

/// Ends the background work of stores that are open when the process exits: the engine's global objects are destroyed
/// then, and a call of the engine under way would end the process with an abort.
final class BackgroundWorkAtExit: @unchecked Sendable {  // guarded by its lock
    static let shared = BackgroundWorkAtExit()

    private struct Reference { weak var work: (any BackgroundWork)? }

    private let lock = Lock(.innermost)
    private var references: [Reference] = []

    /// Registered once the engine was used, so that this runs before the engine's objects go.
    private init() { atexit { BackgroundWorkAtExit.shared.stopAll() } }

    func add(_ work: any BackgroundWork) {
        lock.withLock {
            references.removeAll { $0.work == nil }
            references.append(Reference(work: work))
        }
    }

    private func stopAll() {
        if ForkedChild.isThisProcess { return }
        let all = lock.withLock { references.compactMap(\.work) }
        for work in all { work.stop() }
    }
}
