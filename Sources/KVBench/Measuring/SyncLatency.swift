import Glibc
import SystemPackage

/// How long the disk takes to make a small write durable: the floor under every synced commit.
enum SyncLatency {
    /// Linux's O_TMPFILE, which the module does not have.
    private static let temporaryFile = O_DIRECTORY | 0o20_000_000

    /// The median time of appending 4 KiB to a new file in `directory` and syncing its data, in microseconds.
    ///
    /// The file has no name where the file system allows that, else it is removed again.
    ///
    /// - Throws: `Errno` when the file cannot be created, written or synced.
    static func medianMicroseconds(in directory: FilePath, rounds: Int = 50) throws -> Double {
        let path = directory.appending("sync-probe.\(getpid())")
        let nameless = open(directory.string, O_WRONLY | O_CLOEXEC | Self.temporaryFile, 0o600)
        let file =
            nameless >= 0
            ? FileDescriptor(rawValue: nameless)
            : try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        defer {
            try? file.close()
            if nameless < 0 { unlink(path.string) }
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
