internal import Glibc
internal import SystemPackage

// Where a path leads is found out once, when a call begins: what the process does to its working folder afterwards, or
// others to links, must not have half of a store here and half there.
extension FilePath {
    /// The folder for what nobody needs for long: `TMPDIR` of the environment, else `/tmp`.
    static var temporaryFolder: FilePath {
        guard let text = getenv("TMPDIR"), text.pointee != 0 else { return "/tmp" }
        return FilePath(platformString: text)
    }

    /// The path from the root on. Asks no disk, so an async form can do it before it gives its work to another thread.
    ///
    /// An empty path stays empty, for the caller to refuse.
    func absolute(_ operation: StoreError.Operation) throws(StoreError) -> FilePath {
        // The rest of the library passes paths on as text.
        guard FilePath(string) == self else { throw Self.notText(self, operation, "the path") }
        if isEmpty || isAbsolute { return self }
        guard let folder = getcwd(nil, 0) else {
            throw StoreFiles.failure(
                operation, self, "find out the working folder, which the path is relative to; give it from the root on")
        }
        defer { free(folder) }
        guard let text = String(validatingCString: folder) else {
            throw Self.notText(self, operation, "the path of the working folder")
        }
        return FilePath(text).pushing(self)
    }

    /// The place that the path leads to: from the root on, without links, `.` and `..`, as far as there is something.
    ///
    /// A link that leads nowhere, or that may not be read, stays: the call that uses the path says why that fails.
    func resolved(_ operation: StoreError.Operation) throws(StoreError) -> FilePath {
        let path = try absolute(operation)
        guard !path.isEmpty else { return path }
        // As text: a path of swift-system is looked through whole with each component that is appended.
        var place: [Substring] = []
        for component in path.string.split(separator: "/") {
            switch component {
            case ".": continue
            case "..": _ = place.popLast()
            default:
                place.append(component)
                let text = "/" + place.joined(separator: "/")
                guard StoreFiles.isLink(text), let real = realpath(text, nil) else { continue }
                defer { free(real) }
                guard let text = String(validatingCString: real) else {
                    throw Self.notText(self, operation, "the place that the path leads to")
                }
                place = text.split(separator: "/")
            }
        }
        return FilePath("/" + place.joined(separator: "/"))
    }

    private static func notText(
        _ path: FilePath, _ operation: StoreError.Operation, _ what: String
    ) -> StoreError {
        StoreError(.invalidArgument, operation, path: path, "\(what) is not UTF-8; use a folder whose path is")
    }

    /// The folder that it is in; nil for the root. Found in the text, which takes no time for the longest of paths.
    var above: FilePath? {
        let text = string
        guard text.utf8.count > 1, let slash = text.lastIndex(of: "/") else { return nil }
        return FilePath(slash == text.startIndex ? "/" : String(text[..<slash]))
    }

    /// Whether this is the folder or below it, by what the file system says and not by how they are spelled.
    func isWithin(_ folder: FilePath) -> Bool {
        guard let identity = FolderIdentity(folder) else { return starts(with: folder) }
        var place: FilePath? = self
        while let current = place {
            if FolderIdentity(current) == identity { return true }
            place = current.above
        }
        return false
    }

    /// Throws when this is below the folder of a store or of backups, which are theirs alone.
    func checkIsNobodys(_ operation: StoreError.Operation) throws(StoreError) {
        var place = above
        while let folder = place {
            place = folder.above
            let owner: String
            if StoreFiles.exists(folder.appending("STORE")), StoreFiles.isDirectory(folder.appending("metadata")) {
                owner = "a store"
            } else if StoreFiles.exists(folder.appending("BACKUPS")), StoreFiles.isDirectory(folder.appending("files"))
            {
                owner = "backups"
            } else {
                continue
            }
            throw StoreError(
                .invalidArgument, operation, path: self,
                "the path is within \(folder), the folder of \(owner), which is theirs alone; give a path elsewhere")
        }
    }
}

/// Which folder it is, however the path to it is spelled.
private struct FolderIdentity: Equatable {
    let device: UInt64
    let inode: UInt64

    init?(_ path: FilePath) {
        var status = stat()
        guard stat(path.string, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}
