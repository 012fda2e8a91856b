internal import SystemPackage

/// What a backup consists of: a text of a few lines and one for each file, with a checksum at its end.
struct BackupManifest: Equatable {
    static let currentFormat = 1
    /// How large its file may be, for some 400,000 files of a store.
    static let sizeLimit = ByteCount.mebibytes(64)

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

    /// The largest number where that is too large.
    var size: UInt64 { files.reduce(0) { $0.addingSaturating($1.digest.size) } }

    var backup: Backup {
        Backup(
            number: number, created: Timestamp(seconds: Int64(created)), fileCount: files.count,
            size: ByteCount(Int(clamping: size)), addedSize: ByteCount(Int(clamping: addedSize)))
    }

    /// The bytes of its file. The checksum covers every line above it.
    var text: String {
        let lines = lines
        return lines + "checksum \(Self.checksum(lines.utf8))\n"
    }

    private var lines: String {
        var lines = "KVStore backup \(Self.currentFormat)\nnumber \(number)\ncreated \(created)\n"
        lines += "store \(store)\nadded \(addedSize)\n"
        for file in files {
            lines += "file \(file.digest.sha256) \(file.digest.size) \(file.stamp.inode) \(file.stamp.modified) "
            lines += file.path + "\n"
        }
        return lines
    }

    init(number: Int, created: Int, store: String, addedSize: UInt64, files: [File]) {
        self.number = number
        self.created = created
        self.store = store
        self.addedSize = addedSize
        self.files = files
    }

    /// Reads the bytes of its file.
    ///
    /// Line by line, so that a list which is not ours takes no more memory than its bytes.
    ///
    /// - Parameter number: the number that it has to have.
    init(
        _ bytes: [UInt8], numbered number: Int, path: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) {
        func damaged(_ what: String) -> StoreError {
            StoreError(
                .corruption, operation, path: path,
                "the list of the files of this backup is damaged (\(what)); its files cannot be told apart any more. Remove "
                    + "this file to go on with the other backups")
        }
        guard let (covered, checksum) = Self.split(bytes) else { throw damaged("its checksum is missing") }
        guard checksum.elementsEqual(Self.checksum(covered).utf8) else { throw damaged("its checksum does not fit") }
        guard let text = String(validating: covered, as: UTF8.self) else { throw damaged("it is not text") }
        var rest = text.utf8[...]
        /// What follows a name on the next line.
        func field(_ name: String) throws(StoreError) -> String {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")), rest.starts(with: (name + " ").utf8) else {
                throw damaged("\(name) is missing")
            }
            defer { rest = rest[rest.index(after: end)...] }
            return String(Substring(rest[..<end].dropFirst(name.utf8.count + 1)))
        }
        guard let format = Int(try field("KVStore backup")), format >= 1 else {
            throw damaged("its first line does not name the format")
        }
        guard format <= Self.currentFormat else {
            throw StoreError(
                .formatTooNew, operation, path: path,
                "the backup has format \(format), this version of the library reads up to \(Self.currentFormat): use a newer "
                    + "version")
        }
        guard let named = Int(try field("number")), let created = Int(try field("created")) else {
            throw damaged("a number cannot be read")
        }
        guard named == number else { throw damaged("it is the list of backup \(named)") }
        guard MonotonicClock.dates1970.contains(Double(created)) else { throw damaged("it is of no year") }
        let store = try field("store")
        guard UniqueID.isOne(store) else { throw damaged("the store cannot be read") }
        guard let added = UInt64(try field("added")) else { throw damaged("a number cannot be read") }
        var files: [File] = []
        while !rest.isEmpty {
            guard let file = File(try field("file")) else { throw damaged("a file cannot be read") }
            files.append(file)
        }
        self.init(number: number, created: created, store: store, addedSize: added, files: files)
        guard Self.hasPlaces(files) else { throw damaged("two files have the same place") }
        guard size <= Int.max, addedSize <= size else { throw damaged("the sizes cannot be") }
        // Nothing that was read in more than one way: spaces, signs and zeros are where they are written.
        guard lines.utf8.elementsEqual(covered) else { throw damaged("it is not as it is written") }
    }

    /// The lines that the checksum covers, and the checksum; nil when the last line has none.
    private static func split(_ bytes: [UInt8]) -> (covered: ArraySlice<UInt8>, checksum: ArraySlice<UInt8>)? {
        guard bytes.last == UInt8(ascii: "\n") else { return nil }
        let start = (bytes.dropLast().lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        let line = bytes[start...].dropLast()
        let label = Array("checksum ".utf8)
        return line.starts(with: label) ? (bytes[..<start], line.dropFirst(label.count)) : nil
    }

    /// Whether no two files are at the same place, or one where the other has a folder.
    private static func hasPlaces(_ files: [File]) -> Bool {
        var paths: Set<String> = []
        var folders: Set<String> = []
        for file in files {
            guard paths.insert(file.path).inserted else { return false }
            if let end = file.path.lastIndex(of: "/") { folders.insert(String(file.path[..<end])) }
        }
        return paths.isDisjoint(with: folders)
    }

    static func checksum(_ lines: some Collection<UInt8>) -> String {
        lines.withContiguousStorageIfAvailable { SHA256.digest(UnsafeRawBufferPointer($0)) }
            ?? Array(lines).withUnsafeBytes { SHA256.digest($0) }
    }
}

extension BackupManifest.File {
    /// - Parameter line: its line without the name in front.
    fileprivate init?(_ line: String) {
        let fields = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0].utf8.count == 64,
            fields[0].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
            let size = UInt64(fields[1]), let inode = UInt64(fields[2]), let modified = Int64(fields[3]),
            Self.isPlace(fields[4])
        else { return nil }
        self.init(
            path: String(fields[4]), digest: FileDigest(size: size, sha256: String(fields[0])),
            stamp: FileStamp(size: size, inode: inode, modified: modified))
    }

    /// Whether a file of a store may be there: the file `STORE`, or a file of a database. Nothing outside the folder
    /// that is restored, and nothing that is made in it by other means.
    private static func isPlace(_ path: Substring) -> Bool {
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        func isName(_ name: Substring) -> Bool {
            (1...255).contains(name.utf8.count) && name != "." && name != ".."
                && name.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                        || [0x2D, 0x2E, 0x5F].contains($0)
                }
        }
        guard names.allSatisfy(isName) else { return false }
        switch names[0] {
        case "metadata": return names.count == 2
        case "namespaces":
            return names.count == 2 || names.count == 3 || names.count == 4 && names[2] == EngineFiles.archive[...]
        default: return path == StoreDirectory.identityFile[...]
        }
    }
}
