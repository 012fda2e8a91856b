internal import SystemPackage

/// How much of the manifest of a database is on disk.
///
/// The manifest lists a database's table files. One that was cut off behind a record reads as one that ends there: the
/// engine opens the database without the files that were listed later, and removes them.
struct ManifestMark: Equatable, Sendable {
    /// The number in the manifest's name. Each opening of the database begins one with a higher number.
    let number: UInt64
    let size: UInt64

    init(number: UInt64, size: UInt64) {
        self.number = number
        self.size = size
    }

    /// Puts the manifest of a database on disk and says how much that is; nil when there is none to be found.
    init?(syncing database: FilePath) throws(StoreError) {
        guard let (name, number) = Self.current(database) else { return nil }
        self.init(number: number, size: try StoreFiles.syncedSize(database.appending(name), .sync))
    }

    /// What is wrong with the manifest of a database that had this much on disk; nil when nothing is, or when the engine
    /// will find it.
    func complaint(_ database: FilePath) -> String? {
        guard let (name, number) = Self.current(database), number <= self.number else { return nil }
        guard number == self.number else {
            return "CURRENT names \(name), and a newer manifest was in use, number \(self.number)"
        }
        guard let size = StoreFiles.size(database.appending(name)), size < self.size else { return nil }
        return "\(name) has \(size) bytes, and had \(self.size) on disk"
    }

    /// The manifest that is in use, as the file CURRENT names it.
    static func current(_ database: FilePath) -> (name: String, number: UInt64)? {
        guard let bytes = try? StoreFiles.read(database.appending("CURRENT"), .open) else { return nil }
        let name = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" }
        let prefix = "MANIFEST-"
        guard name.hasPrefix(prefix), let number = UInt64(name.dropFirst(prefix.count)) else { return nil }
        return (String(name), number)
    }
}

/// What a namespace's database is known to have on disk.
struct DurablePromise: Equatable, Sendable {
    /// The sequence number of its newest commit.
    var sequence: UInt64 = 0
    var manifest: ManifestMark?
}

extension DurablePromise {
    /// Numbers with spaces between them, as the catalog keeps them.
    var text: String {
        guard let manifest else { return String(sequence) }
        return "\(sequence) \(manifest.number) \(manifest.size)"
    }

    /// Nil for what is not such numbers, all of them: a promise that is forgotten protects nothing.
    init?(_ text: String) {
        let fields = text.split(separator: " ", omittingEmptySubsequences: false)
        let numbers = fields.compactMap { UInt64($0) }
        guard numbers.count == fields.count, numbers.count == 1 || numbers.count == 3 else { return nil }
        sequence = numbers[0]
        if numbers.count == 3 { manifest = ManifestMark(number: numbers[1], size: numbers[2]) }
    }
}
