import FoundationEssentials
import Glibc

/// What the figures of a run depend on besides the engine.
enum Machine {
    /// The processors that this process may use.
    static var cpus: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// The machine's memory.
    static var memoryBytes: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }

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
