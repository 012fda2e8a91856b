internal import FoundationEssentials
internal import SystemPackage

/// What a backup consists of: a text of a few lines and one for each file, with a checksum at its end.
struct BackupManifest: Equatable {
    static let currentFormat = 1

    /// A file of the store.
    struct File: Equatable {
        /// Where it is in the folder of the store.
        let path: String
        let digest: FileDigest
        /// What it was known by when it was read.
        let stamp: FileStamp
    }

    let number: Int
    /// Seconds since 1970.
    let created: Int
    /// The identity of the store.
    let store: String
    let addedSize: UInt64
    let files: [File]

    var size: UInt64 { files.reduce(0) { $0 + $1.digest.size } }

    var backup: Backup {
        Backup(
            number: number, created: Date(timeIntervalSince1970: Double(created)), fileCount: files.count,
            size: ByteCount(Int(clamping: size)), addedSize: ByteCount(Int(clamping: addedSize)))
    }

    /// The bytes of its file. The checksum covers every line above it.
    var text: String {
        var lines = "KVStore backup \(Self.currentFormat)\nnumber \(number)\ncreated \(created)\n"
        lines += "store \(store)\nadded \(addedSize)\n"
        for file in files {
            lines += "file \(file.digest.sha256) \(file.digest.size) \(file.stamp.inode) \(file.stamp.modified) "
            lines += file.path + "\n"
        }
        return lines + "checksum \(Self.checksum(lines))\n"
    }

    init(number: Int, created: Int, store: String, addedSize: UInt64, files: [File]) {
        self.number = number
        self.created = created
        self.store = store
        self.addedSize = addedSize
        self.files = files
    }

    /// Reads the bytes of its file.
    init(_ bytes: [UInt8], path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        func damaged(_ what: String) -> StoreError {
            StoreError(
                .corruption, operation, path: path,
                "the list of the files of this backup is damaged (\(what)); its files cannot be told apart any more. Remove "
                    + "this file to go on with the other backups")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw damaged("it is not text") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let covered = lines.dropLast(2).map { $0 + "\n" }.joined()
        guard lines.count >= 6, lines.last == "", lines[lines.count - 2] == "checksum \(Self.checksum(covered))" else {
            throw damaged("its checksum does not fit")
        }
        guard lines[0].hasPrefix("KVStore backup "), let format = Int(lines[0].dropFirst(15)) else {
            throw damaged("its first line does not name the format")
        }
        guard format <= Self.currentFormat else {
            throw StoreError(
                .formatTooNew, operation, path: path,
                "the backup has format \(format), this version of the library reads up to \(Self.currentFormat): use a newer "
                    + "version")
        }
        func fields(_ index: Int, _ name: String, _ count: Int) throws(StoreError) -> [String] {
            let fields = lines[index].split(separator: " ").map(String.init)
            guard fields.count == count + 1, fields[0] == name else { throw damaged("\(name) is missing") }
            return Array(fields.dropFirst())
        }
        guard let number = Int(try fields(1, "number", 1)[0]), let created = Int(try fields(2, "created", 1)[0]),
            let added = UInt64(try fields(4, "added", 1)[0])
        else { throw damaged("a number cannot be read") }
        var files: [File] = []
        for line in lines[5..<(lines.count - 2)] {
            guard let file = File(line) else { throw damaged("a file cannot be read") }
            files.append(file)
        }
        self.init(
            number: number, created: created, store: try fields(3, "store", 1)[0], addedSize: added, files: files)
    }

    private static func checksum(_ text: String) -> String {
        var text = text
        return text.withUTF8 { SHA256.digest(UnsafeRawBufferPointer($0)) }
    }
}

extension BackupManifest.File {
    fileprivate init?(_ line: String) {
        let fields = line.split(separator: " ", maxSplits: 5)
        guard fields.count == 6, fields[0] == "file", fields[1].count == 64,
            fields[1].allSatisfy({ ("0"..."9").contains($0) || ("a"..."f").contains($0) }),
            let size = UInt64(fields[2]), let inode = UInt64(fields[3]), let modified = Int64(fields[4])
        else { return nil }
        // Nothing outside the folder that is restored.
        let path = FilePath(String(fields[5]))
        guard path.isRelative, path.components.allSatisfy({ $0.kind == .regular }) else { return nil }
        self.init(
            path: path.string, digest: FileDigest(size: size, sha256: String(fields[1])),
            stamp: FileStamp(size: size, inode: inode, modified: modified))
    }
}
