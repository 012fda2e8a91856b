import Glibc
import SystemPackage

/// How long the disk takes to make a small write durable: the floor under every synced commit.
enum SyncLatency {
    /// The median time of appending 4 KiB to a new file in `directory` and syncing its data, in microseconds.
    ///
    /// The file is removed again.
    ///
    /// - Throws: `Errno` when the file cannot be created, written or synced.
    static func medianMicroseconds(in directory: FilePath, rounds: Int = 50) throws -> Double {
        let path = directory.appending("sync-probe.\(getpid())")
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        defer {
            try? file.close()
            unlink(path.string)
        }
        let block = [UInt8](repeating: 0x5a, count: 4096)
        var times: [UInt64] = []
        for _ in 0..<rounds {
            let start = MonotonicClock.now()
            try file.writeAll(block)
            guard fdatasync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            times.append(MonotonicClock.now() - start)
        }
        times.sort()
        return (Double(times[times.count / 2]) / 1000).rounded(toPlaces: 1)
    }
}
