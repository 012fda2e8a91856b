internal import Glibc

extension LoopDisk {
    private var ballast: String { point + "/ballast" }

    /// Takes all the space that is left, or so many MiB of it.
    package func fill(megabytes: Int = .max) throws {
        let file = open(ballast, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FaultFailure("\(ballast): \(errno)") }
        defer { Glibc.close(file) }
        // Ever smaller pieces, down to the last block.
        for size in [1 << 20, 1 << 16, 1 << 12] {
            let piece = [UInt8](repeating: 0xBA, count: size)
            var written = 0
            while megabytes == .max || written < megabytes << 20 {
                let count = Glibc.write(file, piece, size)
                if count <= 0 { break }
                written += count
            }
            if megabytes != .max { return }
        }
    }

    /// Gives back what ``fill(megabytes:)`` took.
    package func free() { unlink(ballast) }
}
