internal import SystemPackage

/// How much of the manifest of a database is on disk.
///
/// The manifest lists a database's table files. One that was cut off behind a record reads as one that ends there: the
/// engine opens the database without the files that were listed later, and removes them.
struct ManifestExtent: Equatable, Sendable {
    /// The number in the manifest's name. Each opening of the database begins one with a higher number.
    let number: UInt64
    let size: UInt64
    /// The checksum of so much of it; nil for a mark of an older version of the library. The engine takes a last record
    /// whose length is damaged for one that was never written to its end.
    let checksum: UInt64?

    init(number: UInt64, size: UInt64, checksum: UInt64? = nil) {
        self.number = number
        self.size = size
        self.checksum = checksum
    }

    /// Puts the manifest of a database on disk and says how much that is; nil when there is none to be found, as while
    /// the database is removed.
    init?(syncing database: FilePath) throws(StoreError) {
        while let (name, number) = Self.current(database) {
            let file = database.appending(name)
            do throws(StoreError) {
                let size = try StoreFiles.syncedSize(file, .sync)
                self.init(number: number, size: size, checksum: try Self.checksum(file, size))
                return
            } catch {
                if StoreFiles.exists(file) { throw error }
                // Either the database goes, or it began another manifest since.
                if Self.current(database)?.name == name { return nil }
            }
        }
        return nil
    }

    private static func checksum(_ file: FilePath, _ size: UInt64) throws(StoreError) -> UInt64 {
        var hash = FNV.start
        try StoreFiles.readStart(of: file, size, .sync) { hash = FNV.hash($0, after: hash) }
        return hash
    }

    /// Whether more than this much is there by now.
    func isOutgrown(_ database: FilePath) -> Bool {
        StoreFiles.size(database.appending(Self.name(number))) != size
    }

    private static let prefix = EngineFiles.manifestPrefix

    private static func name(_ number: UInt64) -> String {
        let digits = String(number)
        return prefix + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// What is wrong with the manifest of a database that had this much on disk; nil when nothing is, or when the
    /// engine will find it.
    func complaint(_ database: FilePath) -> String? {
        guard let (name, number) = Self.current(database), number <= self.number else { return nil }
        guard number == self.number else {
            return "CURRENT names \(name), and a newer manifest was in use, number \(self.number)"
        }
        let file = database.appending(name)
        guard let size = StoreFiles.size(file) else { return nil }
        guard size >= self.size else { return "\(name) has \(size) bytes, and had \(self.size) on disk" }
        guard let checksum, let found = try? Self.checksum(file, self.size), found != checksum else { return nil }
        return "the first \(self.size) bytes of \(name) are not what was written"
    }

    /// The manifest that is in use, as the file CURRENT names it.
    static func current(_ database: FilePath) -> (name: String, number: UInt64)? {
        guard let bytes = try? StoreFiles.read(database.appending(EngineFiles.current), .open) else { return nil }
        let name = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" }
        guard name.hasPrefix(prefix), let number = UInt64(name.dropFirst(prefix.count)) else { return nil }
        return (String(name), number)
    }
}

/// What a namespace's database is known to have on disk.
struct RecoveryWatermark: Equatable, Sendable {
    /// The sequence number of its newest commit.
    var sequence: UInt64 = 0
    var manifest: ManifestExtent?
}

extension RecoveryWatermark {
    /// Numbers with spaces between them, as the catalog keeps them.
    var text: String {
        guard let manifest else { return String(sequence) }
        let numbers = [sequence, manifest.number, manifest.size] + (manifest.checksum.map { [$0] } ?? [])
        return numbers.map(String.init).joined(separator: " ")
    }

    /// Nil for what is not such numbers, all of them: a promise that is forgotten protects nothing.
    init?(_ text: String) {
        let fields = text.split(separator: " ", omittingEmptySubsequences: false)
        let numbers = fields.compactMap { UInt64($0) }
        guard numbers.count == fields.count, [1, 3, 4].contains(numbers.count) else { return nil }
        sequence = numbers[0]
        guard numbers.count > 1 else { return }
        manifest = ManifestExtent(number: numbers[1], size: numbers[2], checksum: numbers.count > 3 ? numbers[3] : nil)
    }
}
