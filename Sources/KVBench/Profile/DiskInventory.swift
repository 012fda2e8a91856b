import FoundationEssentials
import Glibc

/// What the files of a store take on disk.
struct DiskInventory: Sendable {
    /// Files of one kind, or of one place.
    struct Part: Sendable, Equatable {
        var files = 0
        /// As long as they are.
        var length = 0
        /// What they take in blocks.
        var allocated = 0
    }

    private(set) var kinds: [String: Part] = [:]
    private(set) var places: [String: Part] = [:]
    private(set) var all = Part()

    /// - Parameter folder: the store. Files that disappear meanwhile count nothing.
    init(_ folder: String) {
        for path in (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? [] {
            var status = stat()
            guard lstat("\(folder)/\(path)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            let (length, allocated) = (Int(status.st_size), Int(status.st_blocks) * 512)
            let parts = path.split(separator: "/")
            let place = parts.count == 1 ? "the store's own" : parts.dropLast().prefix(2).joined(separator: "/")
            add(length, allocated, &kinds[Self.kind(parts.last ?? ""), default: Part()])
            add(length, allocated, &places[place, default: Part()])
            add(length, allocated, &all)
        }
    }

    private func add(_ length: Int, _ allocated: Int, _ part: inout Part) {
        part.files += 1
        part.length += length
        part.allocated += allocated
    }

    static func kind(_ name: Substring) -> String {
        if name.hasSuffix(".sst") { return "table files" }
        if name.hasSuffix(".log") { return "logs of commits" }
        for (prefix, kind) in [("MANIFEST", "manifests"), ("OPTIONS", "options"), ("LOG", "the engine's messages")]
        where name.hasPrefix(prefix) {
            return kind
        }
        return "others"
    }

    func rows(_ parts: [String: Part]) -> [[String]] {
        let sorted = parts.sorted { ($1.value.allocated, $0.key) < ($0.value.allocated, $1.key) }
        return (sorted.map { ($0.key, $0.value) } + [("all", all)]).map {
            [$0.0, "\($0.1.files)", NumberText.bytes($0.1.length), NumberText.bytes($0.1.allocated)]
        }
    }
}
