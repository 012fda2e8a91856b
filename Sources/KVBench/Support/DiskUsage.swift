import FoundationEssentials
import Glibc
import SystemPackage

/// How much of a disk a directory takes.
enum DiskUsage {
    /// The blocks allocated to everything below `directory`, in bytes.
    ///
    /// A file that disappears meanwhile counts nothing: an engine removes files while it is looked at.
    ///
    /// - Throws: What the file system says when the directory cannot be listed.
    static func allocatedBytes(below directory: FilePath) throws -> Int {
        try FileManager.default.subpathsOfDirectory(atPath: directory.string).reduce(0) { total, path in
            var status = stat()
            guard lstat("\(directory.string)/\(path)", &status) == 0 else { return total }
            return total + Int(status.st_blocks) * 512
        }
    }
}
