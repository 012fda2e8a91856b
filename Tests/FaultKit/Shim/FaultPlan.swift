internal import Foundation

/// Which calls on which files the preloaded shim makes fail, and how: see Tests/FaultShim.
package struct FaultPlan: Sendable {
    package var calls: [String]
    /// A pattern, as of fnmatch, that the whole path of the file must match.
    package var path: String
    /// The matching call that fails, counted from 1; 0 for none.
    package var nth = 0
    /// How many fail from there on; 0 for all.
    package var times = 1
    package var error: Int32 = 5
    /// Whether a write that fails is carried out in half.
    package var isTorn = false
    /// Calls count and fail only while there is a file at this path.
    package var armed: String?
    /// Where the shim says what it did.
    package var log: String?
    /// Whether it also says which calls it let pass.
    package var isTracing = false
    /// How long a call must take to be noted when it passes.
    package var slowMicroseconds = 0

    /// Every call that the shim knows.
    package static let allCalls = [
        "open", "read", "write", "fsync", "fdatasync", "sync_file_range", "rename", "fallocate", "ftruncate", "unlink",
        "mkdir",
    ]

    /// The plan in words.
    package var summary: String {
        "the plan: \(calls.joined(separator: ",")) on \(path), call \(nth), \(times == 0 ? "all" : "\(times)") times, "
            + "error \(error)\(isTorn ? ", torn" : "")"
    }

    package init(_ calls: [String], path: String) {
        self.calls = calls
        self.path = path
    }

    /// What the environment of a process must hold for the plan to come true.
    package var environment: [String: String] {
        var variables = [
            "LD_PRELOAD": Programs.shim,
            "FAULT_SHIM_CALLS": calls.joined(separator: ","),
            "FAULT_SHIM_PATH": path,
            "FAULT_SHIM_NTH": "\(nth)",
            "FAULT_SHIM_TIMES": "\(times)",
            "FAULT_SHIM_ERRNO": "\(error)",
            "FAULT_SHIM_TORN": isTorn ? "1" : "0",
            "FAULT_SHIM_TRACE": isTracing ? "1" : "0",
            "FAULT_SHIM_SLOW": "\(slowMicroseconds)",
        ]
        if let armed { variables["FAULT_SHIM_ARMED"] = armed }
        if let log { variables["FAULT_SHIM_LOG"] = log }
        return variables
    }
}

/// One call that the shim noted.
package struct NotedCall: Sendable {
    package let call: String
    package let path: String
    package let begun: UInt64
    package let ended: UInt64
    package let hasFailed: Bool

    package init?(_ line: some StringProtocol) {
        let words = line.split(separator: " ")
        guard words.count == 5, let begun = UInt64(words[2]), let ended = UInt64(words[3]) else { return nil }
        call = String(words[0])
        path = String(words[1])
        self.begun = begun
        self.ended = ended
        hasFailed = words[4] == "failed"
    }

    /// The calls in the shim's log.
    package static func read(_ log: String) -> [NotedCall] {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { NotedCall($0) }
    }
}
