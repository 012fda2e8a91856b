import FoundationEssentials
import Glibc
import SystemPackage

/// What a disk can do, measured with a file of its own: how long synced writes take, and how fast it writes and reads.
struct DeviceProbe: Sendable {
    var syncs = LatencyHistogram()
    /// Bytes a second, one after the other; `nil` when it was not measured.
    var writeRate: Double?
    var readRate: Double?

    /// - Parameters:
    ///   - folder: where the file is made, without a name where the file system allows that.
    ///   - seconds: how long synced writes are timed.
    ///   - bytes: the size of the file that is written and read.
    static func measure(in folder: String, seconds: Double, bytes: Int, stop: StopRequest) throws -> DeviceProbe {
        let path = "\(folder)/device-probe"
        let file = try FileDescriptor.open(
            FilePath(path), .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite
        )
        unlink(path)
        defer { try? file.close() }
        var probe = DeviceProbe()
        let block = [UInt8](repeating: 0x5a, count: 4096)
        let begin = MonotonicClock.now()
        while MonotonicClock.now() - begin < UInt64(seconds * 1e9) || probe.syncs.count < 10, !stop.isMade {
            let start = MonotonicClock.now()
            try file.writeAll(block)
            guard fdatasync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            probe.syncs.record(nanoseconds: MonotonicClock.now() - start)
        }
        try probe.measureRates(file, bytes, stop)
        return probe
    }

    private mutating func measureRates(_ file: FileDescriptor, _ bytes: Int, _ stop: StopRequest) throws {
        // Not the same byte again: some disks do not write that.
        var generator = SplitMix64(seed: 1)
        let part = (0..<(1 << 17)).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
        try file.seek(offset: 0, from: .start)
        var start = MonotonicClock.now()
        for _ in 0..<max(1, bytes / part.count) where !stop.isMade { try file.writeAll(part) }
        guard fdatasync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
        writeRate = Double(bytes) / (Double(MonotonicClock.now() - start) / 1e9)
        // So that it comes from the disk.
        posix_fadvise(file.rawValue, 0, 0, POSIX_FADV_DONTNEED)
        try file.seek(offset: 0, from: .start)
        var buffer = [UInt8](repeating: 0, count: part.count)
        start = MonotonicClock.now()
        var read = 0
        while read < bytes, !stop.isMade {
            let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
            guard count > 0 else { break }
            read += count
        }
        readRate = Double(read) / (Double(MonotonicClock.now() - start) / 1e9)
    }
}

/// What the block device under a folder has done since the machine was started.
struct BlockDevice: Sendable {
    var name: String
    var writtenBytes: Int
    var readBytes: Int
    var writes: Int
    var flushes: Int?

    /// `nil` where the folder is on no device of its own, as in memory.
    init?(of folder: String) {
        var status = stat()
        guard stat(folder, &status) == 0 else { return nil }
        let (device, high) = (status.st_dev, status.st_dev >> 32)
        let number = "\(device >> 8 & 0xfff | high & ~0xfff):\(device & 0xff | device >> 12 & 0xfff00)"
        guard let text = try? String(contentsOfFile: "/sys/dev/block/\(number)/stat", encoding: .utf8) else {
            return nil
        }
        let uevent = (try? String(contentsOfFile: "/sys/dev/block/\(number)/uevent", encoding: .utf8)) ?? ""
        let named = uevent.split(separator: "\n").first { $0.hasPrefix("DEVNAME=") }
        self.init(name: named.map { String($0.dropFirst(8)) } ?? number, stat: text)
    }

    init?(name: String, stat: String) {
        let fields = stat.split(whereSeparator: { $0 == " " || $0 == "\n" }).compactMap { Int($0) }
        guard fields.count >= 11 else { return nil }
        self.name = name
        readBytes = fields[2] * 512
        writes = fields[4]
        writtenBytes = fields[6] * 512
        flushes = fields.count > 15 ? fields[15] : nil
    }
}
