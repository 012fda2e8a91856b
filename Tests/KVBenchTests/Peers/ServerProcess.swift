import Foundation
import SystemPackage

/// A server whose data is in a run's directory, as the system sees it.
struct ServerProcess {
    let id: pid_t

    /// `nil` while there is none.
    init?(in data: FilePath) throws {
        let file = data.appending("postgres").appending("postmaster.pid")
        guard let text = try? String(contentsOfFile: file.string, encoding: .utf8),
            let id = text.split(separator: "\n").first.flatMap({ pid_t($0) })
        else { return nil }
        self.id = id
    }

    var isAlive: Bool { kill(id, 0) == 0 }

    /// The process that serves a connection, if there is one.
    func backend() throws -> pid_t? {
        try children().first { child in
            (try? String(contentsOfFile: "/proc/\(child)/cmdline", encoding: .utf8))?.contains("[local]") == true
        }
    }

    /// The folder of its socket.
    func socketFolder() throws -> String? {
        let line = try String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8)
        return line.split(separator: "\0").compactMap { argument in
            argument.hasPrefix("unix_socket_directories=") ? String(argument.split(separator: "=")[1]) : nil
        }.first
    }

    private func children() throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
            guard let child = pid_t(name),
                let stat = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8),
                // Behind the name, which is in parentheses: the state and the parent.
                let parent = stat.split(separator: ")").last?.split(separator: " ").dropFirst().first
            else { return nil }
            return pid_t(parent) == id ? child : nil
        }
    }
}
