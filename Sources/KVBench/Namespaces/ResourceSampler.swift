import FoundationEssentials
import Glibc
import Synchronization

/// Looks every tenth of a second at how many descriptors and threads the process has, and keeps the most.
final class ResourceSampler: Sendable {
    private let descriptors = Atomic(0)
    private let threads = Atomic(0)
    private let isEnding = Atomic(false)

    var peakDescriptors: Int { descriptors.load(ordering: .relaxed) }
    var peakThreads: Int { threads.load(ordering: .relaxed) }

    /// Samples until `body` has returned.
    func during<Result>(_ body: () throws -> Result) throws -> Result {
        let thread = try WorkerThread(name: "resources") {
            while !self.isEnding.load(ordering: .relaxed) {
                self.sample()
                usleep(100_000)
            }
        }
        defer {
            isEnding.store(true, ordering: .relaxed)
            thread.join()
            sample()
        }
        return try body()
    }

    private func sample() {
        _ = descriptors.max(Self.count("/proc/self/fd"), ordering: .relaxed)
        _ = threads.max(Self.count("/proc/self/task"), ordering: .relaxed)
    }

    private static func count(_ folder: String) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0
    }

    static var descriptorLimit: Int {
        var limits = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
        return Int(clamping: limits.rlim_cur)
    }
}
