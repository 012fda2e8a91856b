import Foundation
import Glibc
import SystemPackage
import Testing

/// Things in the place of a file that no reader of files may wait for, follow or read without end.
enum InTheWay: CaseIterable, CustomTestStringConvertible {
    /// A pipe with a name: who opens it to read waits for a writer.
    case pipe
    case folder
    /// A link to a file that would do.
    case link
    /// A link to nothing.
    case danglingLink
    /// A link to a device that never ends.
    case linkToDevice

    /// What the link to nothing names, in the folder of the test.
    static let missing: FilePath = "../missing"

    var testDescription: String { "\(self)" }

    /// Takes the place of a file, which is moved aside.
    func take(_ path: FilePath) throws {
        let aside = path.removingLastComponent().removingLastComponent().appending("aside-\(UUID().uuidString)")
        if path.exists {
            try FileManager.default.moveItem(atPath: path.string, toPath: aside.string)
        }
        switch self {
        case .pipe: #expect(mkfifo(path.string, 0o644) == 0)
        case .folder: try path.makeFolder()
        case .link: try makeLink(path, to: aside)
        case .danglingLink: try makeLink(path, to: Self.missing)
        case .linkToDevice: try makeLink(path, to: "/dev/zero")
        }
    }
}

/// Makes a file larger, with nothing in what is added, which takes no space on disk.
func grow(_ path: FilePath, to size: Int) { #expect(truncate(path.string, size) == 0) }

/// Expects `body` to return or throw within half a minute, and returns what it did; nil for what hangs, which is left
/// alone.
func inTime<Result: Sendable>(
    at location: SourceLocation = #_sourceLocation, _ body: @escaping @Sendable () throws -> Result
) -> Swift.Result<Result, any Error>? {
    let ended = Flag()
    let thread = RunningThread {
        defer { ended.set() }
        return try body()
    }
    guard eventually({ ended.isSet }) else {
        Issue.record("it hangs", sourceLocation: location)
        return nil
    }
    return thread.wait()
}
