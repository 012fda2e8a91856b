internal import CRocksDBHints

/// What the engine that is linked can do, and what it may be asked to do: the one place where its version decides.
///
/// What reaches behind the engine's promises is asked of the versions that it was tested with and of no other; what an
/// engine does better from some version on, of that and all later ones. Of a version that cannot be told, neither.
enum EngineFeatures {
    /// The version of the engine; nil when it cannot be told.
    static let version = EngineVersion(packed: kvstore_engine_version_linked())

    /// Whether memtables may be given hints where to insert: a C++ object in the engine's options, by their layout.
    static let hasInsertHints = version == .debian12

    /// Whether a database gives up its options file, without harm and without a word, at a level of the info log that
    /// has no name.
    static let canGiveUpOptionsFile = version == .debian12

    /// Whether a scan that looks for range deletions says so when it comes to a block that it cannot read. Before, it
    /// could end as if there were no more: see ``RangeDeletionGuard``.
    static let scansReportUnreadableBlocks = isAtLeast(8, 7)

    /// Whether it hands messages to us that it would write into its info log otherwise.
    static let callsBackToLog = isAtLeast(9, 10)

    /// Whether it tries a record of a log or a manifest again and again that is of a kind which has no place there: see
    /// ``LogStandstill``. Not mended in 11.8, the newest that was looked at.
    static let standsStillAtLogDamage = isAtLeast(9, 3)

    private static func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
        guard let version else { return false }
        return version >= EngineVersion(major, minor, 0)
    }

    /// Why the engine that is linked must not be used: the library was compiled with another one's headers.
    static let mismatch = mismatch(
        compiled: EngineVersion(packed: kvstore_engine_version_compiled()), linked: version)

    /// Patches of a release have the same C API.
    static func mismatch(compiled: EngineVersion?, linked: EngineVersion?) -> EngineFailure? {
        guard let compiled, let linked, !compiled.isSameRelease(as: linked) else { return nil }
        return .refused(
            .engine,
            "this program was compiled for RocksDB \(compiled) and is linked with \(linked): remove its build folder "
                + "and build again, so that both are the same")
    }
}

/// A version of RocksDB.
struct EngineVersion: Comparable, CustomStringConvertible {
    let major: Int
    let minor: Int
    let patch: Int

    /// What Debian 12 has, and what all was tested with first.
    static let debian12 = EngineVersion(7, 8, 3)

    init(_ major: Int, _ minor: Int, _ patch: Int) { (self.major, self.minor, self.patch) = (major, minor, patch) }

    /// - Parameter packed: as 9011002 for 9.11.2; 0 for none.
    init?(packed: Int32) {
        guard packed > 0 else { return nil }
        self.init(Int(packed) / 1_000_000, Int(packed) / 1000 % 1000, Int(packed) % 1000)
    }

    func isSameRelease(as other: EngineVersion) -> Bool { (major, minor) == (other.major, other.minor) }

    static func < (one: EngineVersion, other: EngineVersion) -> Bool {
        (one.major, one.minor, one.patch) < (other.major, other.minor, other.patch)
    }

    var description: String { "\(major).\(minor).\(patch)" }
}
