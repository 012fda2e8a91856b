import Foundation
import SystemPackage

/// A directory for one test, gone with it.
final class TemporaryFolder: Sendable {
    let path: FilePath

    /// - Parameter visible: whether other users must be able to get there, which they need not in the folder for
    ///   temporary files.
    init(visible: Bool = false) throws {
        let parent = visible ? URL(filePath: "/var/tmp") : FileManager.default.temporaryDirectory
        let url = parent.appending(path: "kvbench-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = FilePath(url.path())
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }

    /// The names of what is in it.
    var content: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path.string).sorted() }
    }
}
