internal import Foundation
internal import Glibc

/// Where the child executables are: beside the program that runs.
package enum Programs {
    package static let writer = path("KVSTORE_FAULT_WRITER", "FaultWriter")
    package static let modelChecker = path("KVSTORE_MODEL_CHECKER", "ModelChecker")
    package static let shim = ProcessInfo.processInfo.environment["KVSTORE_FAULT_SHIM"] ?? FaultShim.library

    private static func path(_ variable: String, _ name: String) -> String {
        ProcessInfo.processInfo.environment[variable] ?? beside(name)
    }

    /// The path of a file in the folder of the program that runs.
    static func beside(_ name: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return URL(fileURLWithPath: program).deletingLastPathComponent().appendingPathComponent(name).path
    }
}

/// Tells a process that the one that started it has ended.
package enum Lifeline {
    /// Set where standard input is a lifeline.
    static let variable = "KVSTORE_LIFELINE"

    /// Calls `body` on another thread when the process that started this one has ended.
    static func whenCut(_ body: @escaping @Sendable () -> Void) {
        guard ProcessInfo.processInfo.environment[variable] != nil else { return }
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(0, &byte, 1)
                if count > 0 || count < 0 && errno == EINTR { continue }
                body()
                return
            }
        }
    }
}

/// What every child does.
package enum ChildSetup {
    /// Ends this process when the one that started it ends, and leaves no core files.
    package static func dieWithParent() {
        Lifeline.whenCut { _exit(1) }
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }

    /// Prints by how much this process is late to wake up, whenever it is: the machine may be busy with other things.
    package static func reportLateness() {
        Thread.detachNewThread {
            while true {
                let due = Clock.after(milliseconds: 5)
                Clock.sleep(milliseconds: 5)
                let now = Clock.now
                if now > due + 10_000_000 { print("late \(now - due)") }
            }
        }
    }

    /// Prints a line with one system call, so that a kill cannot hold it back.
    package static func print(_ line: String) {
        let bytes = Array((line.replacingOccurrences(of: "\n", with: " ") + "\n").utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nobody listens any more.
            guard count > 0 else { _exit(3) }
            written += count
        }
    }
}
