internal import Glibc
internal import SystemPackage

/// What tells whether a database that somebody else writes has changed: its manifest, which grows with every change of
/// the set of files, and the sizes of its logs, which grow with every commit.
struct DatabaseFingerprint: Sendable {
    private let manifest: String
    private let manifestSize: Int
    private let logs: [String: Int]

    init(_ folder: FilePath) {
        manifest = ManifestExtent.current(folder)?.name ?? ""
        manifestSize = manifest.isEmpty ? -1 : Self.size(folder.appending(manifest))
        var logs: [String: Int] = [:]
        for name in (try? StoreFiles.list(folder, .open)) ?? [] where EngineFiles.isLog(name) {
            logs[name] = Self.size(folder.appending(name))
        }
        self.logs = logs
    }

    /// Whether the set of files was the same then.
    func hasSameFiles(as other: DatabaseFingerprint) -> Bool {
        manifest == other.manifest && manifestSize == other.manifestSize
    }

    /// Whether nothing was committed in between.
    func hasSameContent(as other: DatabaseFingerprint) -> Bool { hasSameFiles(as: other) && logs == other.logs }

    private static func size(_ path: FilePath) -> Int {
        var status = stat()
        return stat(path.string, &status) == 0 ? Int(status.st_size) : -1
    }
}
