import FoundationEssentials
import Glibc

/// What a profile is attached to: a process, a store, or a process with its store.
struct AttachTarget: Sendable, Equatable {
    var process: pid_t?
    /// The folders of the stores.
    var stores: [String]

    /// - Parameter text: the number of a process, or the folder of a store.
    /// - Throws: `UsageError` when there is no such one.
    init(_ text: String) throws(UsageError) {
        if let number = pid_t(text), number > 0 {
            guard access("/proc/\(number)", F_OK) == 0 else {
                throw UsageError("there is no process \(number); give the number of one that runs, or a store's folder")
            }
            self.init(process: number, stores: Self.stores(of: number))
            guard access("/proc/\(number)/fd", R_OK | X_OK) == 0 else {
                throw UsageError("process \(number) is somebody else's; run this as its user or as root")
            }
        } else {
            guard Self.isStore(text), let path = realpath(text, nil) else {
                throw UsageError(
                    "'\(text)' is neither the number of a process nor the folder of a store; --attach takes one of them"
                )
            }
            defer { free(path) }
            let store = String(cString: path)
            self.init(process: Self.holder(of: store), stores: [store])
        }
    }

    init(process: pid_t?, stores: [String]) {
        self.process = process
        self.stores = stores
    }

    private static func isStore(_ path: String) -> Bool { access("\(path)/STORE", F_OK) == 0 }

    /// The stores that a process has open, by the lock that it has in each.
    static func stores(of process: pid_t) -> [String] {
        let folder = "/proc/\(process)/fd"
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let paths = numbers.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
        let folders = paths.filter { $0.hasSuffix("/LOCK") }.map { String($0.dropLast("/LOCK".count)) }
        return Set(folders).filter(isStore).sorted()
    }

    /// The process that has a store open, as far as this user may see.
    private static func holder(of store: String) -> pid_t? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.first { $0 != getpid() && stores(of: $0).contains(store) }
    }

    /// What a person calls the process.
    var name: String {
        guard let process else { return "no process" }
        let text = (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)) ?? ""
        return "\(text.trimmed) (\(process))"
    }
}
