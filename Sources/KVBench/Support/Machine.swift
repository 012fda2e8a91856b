import FoundationEssentials
import Glibc

/// What the figures of a run depend on besides the engine.
enum Machine {
    /// The processors that this process may use.
    static var cpus: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// The machine's memory.
    static var memoryBytes: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }

    /// What the processors call themselves; `nil` when the kernel does not tell.
    static var cpuModel: String? {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { String($0.drop { $0 == " " }) }
    }

    /// The kind of the file system that a path is on; `nil` when the kernel does not tell.
    static func fileSystem(of path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let (device, high) = (status.st_dev, status.st_dev >> 32)
        let number = "\(device >> 8 & 0xfff | high & ~0xfff):\(device & 0xff | device >> 12 & 0xfff00)"
        let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
        // Number, parent, device, ..., then behind a dash the kind.
        let fields = mounts.split(separator: "\n").map { $0.split(separator: " ") }
        guard let found = fields.first(where: { $0.count > 2 && $0[2] == number }),
            let dash = found.firstIndex(of: "-"), dash + 1 < found.count
        else { return nil }
        return String(found[dash + 1])
    }

    /// The kernel's release.
    static var kernel: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "" }
        return withUnsafeBytes(of: name.release) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// The Swift release that this was compiled with. The compiler tells its version to conditions alone, and the
    /// standard library knows no patch level.
    static var swift: String {
        #if compiler(>=6.4)
            "\(_SwiftStdlibVersion.current)"
        #elseif compiler(>=6.3.3)
            "6.3.3"
        #elseif compiler(>=6.3.2)
            "6.3.2"
        #elseif compiler(>=6.3.1)
            "6.3.1"
        #else
            "\(_SwiftStdlibVersion.current)"
        #endif
    }
}
