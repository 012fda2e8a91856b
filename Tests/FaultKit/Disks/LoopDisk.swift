internal import Foundation
internal import Glibc

/// A file system in a sparse file, mounted as a disk that can lose its power.
package final class LoopDisk {
    package enum FileSystem: String, Sendable, CaseIterable {
        case ext4, xfs, btrfs

        /// Whether it can be shut down by a call to itself. One that cannot lies on an ext4 disk that can.
        fileprivate var canShutDown: Bool { self != .btrfs }

        /// The smallest size that its tools take, in MiB, and then some.
        fileprivate var megabytes: Int { self == .ext4 ? 256 : 512 }

        fileprivate var formatArguments: [String] {
            switch self {
            // Nothing kept back for root, nothing to be set up later in the background.
            case .ext4: ["mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0"]
            case .xfs: ["mkfs.xfs", "-q", "-f"]
            case .btrfs: ["mkfs.btrfs", "-q", "-f"]
            }
        }

        package var isInstalled: Bool { Tool.isInstalled("mkfs.\(rawValue)") }
    }

    private let fileSystem: FileSystem
    private let folder: WorkFolder
    private let image: String
    /// Where it is mounted.
    package let point: String
    /// The disk that its image lies on, where the power is cut; nil for a disk of its own.
    private let below: LoopDisk?

    /// Makes a file system and mounts it.
    ///
    /// - Parameters:
    ///   - folder: where the image and the mount point are made.
    ///   - megabytes: the size; by default what the file system needs.
    ///   - cutsBelow: whether the power is cut on a disk below, so that also what the file system has written and not
    ///     flushed may be lost.
    package init(
        _ fileSystem: FileSystem, in folder: WorkFolder, megabytes: Int? = nil, cutsBelow: Bool = false
    ) throws {
        self.fileSystem = fileSystem
        self.folder = folder
        let megabytes = megabytes ?? fileSystem.megabytes
        if cutsBelow || !fileSystem.canShutDown {
            let below = try LoopDisk(.ext4, in: folder, megabytes: megabytes + 128)
            image = below.point + "/image"
            self.below = below
        } else {
            image = folder.fresh("image")
            below = nil
        }
        point = folder.fresh("disk")
        try FileManager.default.createDirectory(atPath: point, withIntermediateDirectories: true)
        let descriptor = open(image, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0, ftruncate(descriptor, megabytes << 20) == 0 else {
            throw FaultFailure("no image \(image): \(errno)")
        }
        fsync(descriptor)
        Glibc.close(descriptor)
        let format = fileSystem.formatArguments + [image]
        try Tool.run(format)
        try mountImage()
    }

    deinit {
        do {
            try unmountImage()
        } catch {
            umount2(point, Int32(MNT_DETACH))
            Cleanup.shared.removeMount(point)
        }
        unlink(image)
    }

    /// Cuts the power: from now on nothing reaches the disk, and what had not reached it is lost.
    package func cutPower() throws {
        if let below { return try below.cutPower() }
        let descriptor = open(point, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FaultFailure("\(point): \(errno)") }
        defer { Glibc.close(descriptor) }
        // FS_IOC_GOINGDOWN, _IOR('X', 125, uint32_t), without flushing the journal.
        var flags: UInt32 = 2
        guard ioctl(descriptor, 0x8004_587D, &flags) == 0 else {
            throw FaultFailure("the power of \(point) cannot be cut: \(String(cString: strerror(errno)))")
        }
    }

    /// Gives the power back. No process may use the disk any more.
    package func restorePower() throws {
        try unmountImage()
        try below?.restorePower()
        try mountImage()
    }

    private func mountImage() throws {
        Cleanup.shared.addMount(point)
        // Another process may have been quicker to take the free loop device.
        for attempt in 1...20 {
            do {
                try Tool.run(["mount", "-t", fileSystem.rawValue, "-o", "loop", image, point])
                return
            } catch  where attempt < 20 {
                usleep(100_000)
            }
        }
    }

    /// Waits until nothing uses the image any more: mounted twice it would be overwritten by the one who came first.
    private func unmountImage() throws {
        // A process that was killed may take a moment to let go, on a busy machine a long one.
        let deadline = Clock.after(milliseconds: 30_000)
        while umount2(point, 0) != 0, errno != EINVAL {
            guard Clock.now < deadline else { throw FaultFailure("\(point) is still in use: \(errno)") }
            usleep(20_000)
        }
        while Self.attachedImages.contains(image) {
            guard Clock.now < deadline else { throw FaultFailure("\(image) is still attached to a loop device") }
            usleep(5_000)
        }
        Cleanup.shared.removeMount(point)
    }

    /// The files behind the loop devices of the machine.
    private static var attachedImages: Set<String> {
        let devices = (try? FileManager.default.contentsOfDirectory(atPath: "/sys/block")) ?? []
        let images = devices.compactMap {
            try? String(contentsOfFile: "/sys/block/\($0)/loop/backing_file", encoding: .utf8)
        }
        return Set(images.map { $0.trimmingCharacters(in: .newlines) })
    }
}

extension LoopDisk {
    /// Why no disk of this kind can be made here, or nil if it can. Must be asked in a mount namespace of one's own.
    package static func obstacle(_ fileSystem: FileSystem) -> String? {
        guard getuid() == 0 else { return "mounting needs root" }
        guard fileSystem.isInstalled else { return "mkfs.\(fileSystem.rawValue) is not installed" }
        guard access("/dev/loop-control", R_OK | W_OK) == 0 else { return "there are no loop devices" }
        do {
            let disk = try LoopDisk(fileSystem, in: WorkFolder("probe"))
            try disk.cutPower()
            try disk.restorePower()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
