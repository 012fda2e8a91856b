/// What an engine of log and levels tells of itself at a moment; `nil` for what it does not tell, and for the others.
struct EngineGauges: Sendable, Equatable {
    var level0Files: Int?
    var pendingCompactionBytes: Int?
    var memtableBytes: Int?
    var cacheBytes: Int?
    /// How often writes were slowed down or stopped since it was opened, by cause.
    var stalls: [String: Int]?
    /// How long writes were held up since then.
    var stallMicroseconds: Double?
}

extension EngineGauges {
    /// One of RocksDB's properties of a column family.
    typealias Property = (String) throws -> String?

    /// What RocksDB tells.
    ///
    /// - Parameters:
    ///   - families: All column families, whose figures are added up.
    ///   - databases: One of each database.
    init(families: [Property], databases: [Property]) throws {
        func sum(_ name: String) throws -> Int {
            try families.reduce(0) { $0 + (try $1(name).flatMap { Int($0) } ?? 0) }
        }
        level0Files = try sum(RocksDBProperties.level0Files)
        pendingCompactionBytes = try sum(RocksDBProperties.pendingCompactionBytes)
        memtableBytes = try sum(RocksDBProperties.memtableBytes)
        // All have one cache.
        cacheBytes = try families.first?(RocksDBProperties.cacheBytes).flatMap { Int($0) }
        for family in families {
            guard let found = try family(RocksDBProperties.familyReport).flatMap({ RocksDBStalls.counts(in: $0) })
            else { continue }
            stalls = (stalls ?? [:]).merging(found, uniquingKeysWith: +)
        }
        for database in databases {
            guard let time = try database(RocksDBProperties.report).flatMap({ RocksDBStalls.microseconds(in: $0) })
            else { continue }
            stallMicroseconds = (stallMicroseconds ?? 0) + time
        }
    }
}
