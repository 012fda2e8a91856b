import Foundation
import SystemPackage

/// The folder of a run: one that was named and stays, or one of its own that goes.
struct WorkFolder {
    let path: FilePath
    private let isTemporary: Bool

    /// The one of its own is in the current directory: `/tmp` may be memory.
    init(requested: String?) throws {
        isTemporary = requested == nil
        path = FilePath(requested ?? "harness-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        guard try FileManager.default.contentsOfDirectory(atPath: path.string).isEmpty else {
            throw CocoaError(.fileWriteFileExists, userInfo: [NSFilePathErrorKey: path.string])
        }
    }

    func remove() {
        if isTemporary { try? FileManager.default.removeItem(atPath: path.string) }
    }
}
