internal import Foundation
internal import Glibc

/// A folder for one run that is removed with all that is in it.
package final class WorkFolder {
    package let path: String
    private var count = 0

    /// - Parameters:
    ///   - name: what the folder is for. It is made in `KVSTORE_TEST_FOLDER`, or in `/var/tmp`: a memory file system
    ///     would hide what syncing does.
    ///   - inMemory: whether that does not matter, so that it is made in memory where that can be, and is faster.
    package init(_ name: String, inMemory: Bool = false) throws {
        let memory = "/dev/shm"
        let fallback = inMemory && access(memory, W_OK) == 0 ? memory : "/var/tmp"
        let base = ProcessInfo.processInfo.environment["KVSTORE_TEST_FOLDER"] ?? fallback
        path = "\(base)/kvstore-fault-\(name)-\(getpid())-\(UInt32.random(in: 0...(.max)))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        Cleanup.shared.add(path)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        Cleanup.shared.remove(path)
    }

    /// A path in the folder that was not given before.
    package func fresh(_ name: String) -> String {
        count += 1
        return "\(path)/\(name)-\(count)"
    }
}

/// What a run leaves behind if it is interrupted, removed when it is.
package final class Cleanup: @unchecked Sendable {  // guarded by its lock
    package static let shared = Cleanup()
    private let lock = NSLock()
    private var paths: [String] = []
    private var mounts: [String] = []

    package func add(_ path: String) { lock.withLock { paths.append(path) } }

    package func remove(_ path: String) { lock.withLock { paths.removeAll { $0 == path } } }

    package func addMount(_ point: String) { lock.withLock { mounts.append(point) } }

    package func removeMount(_ point: String) { lock.withLock { mounts.removeAll { $0 == point } } }

    /// Removes all of it.
    package func run() {
        let (mounts, paths) = lock.withLock { (self.mounts, self.paths) }
        for mount in mounts { umount2(mount, Int32(MNT_DETACH)) }
        for path in paths { try? FileManager.default.removeItem(atPath: path) }
    }

    /// From now on an interrupt, a request to end and the end of the parent clean up before they end this process.
    package func onSignals() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let awaited = signals
        Thread.detachNewThread {
            var signals = awaited
            var received: Int32 = 0
            sigwait(&signals, &received)
            // The children write to the folders until they are gone.
            for child in Self.children() { Glibc.kill(child, SIGKILL) }
            usleep(50_000)
            Cleanup.shared.run()
            _exit(128 + received)
        }
        Lifeline.whenCut { Glibc.kill(getpid(), SIGTERM) }
    }

    /// The processes that this one started.
    private static func children() -> [pid_t] {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return threads.flatMap { thread in
            let text = try? String(contentsOfFile: "/proc/self/task/\(thread)/children", encoding: .utf8)
            return (text ?? "").split(separator: " ").compactMap { pid_t($0) }
        }
    }
}
