internal import CRocksDB
internal import Synchronization

/// One column family of a database: what a namespace reads and writes while it is open.
final class ColumnFamily: @unchecked Sendable {  // the engine's handles are made to be shared
    let database: Database
    let family: OpaquePointer
    let familyID: UInt32
    let familyName: String
    /// What the column family was opened with.
    let options: DatabaseOptions
    let format: ValueFormat
    /// The format's, here to be looked at fast.
    let trailerSize: Int
    /// Where the tuning asks for it.
    let values: ValueCache?
    /// Whether a read is one of the engine's and no more.
    let readsPlainly: Bool
    let updates = UpdateQueue()
    /// Where synced plain commits meet.
    let syncedCommits = SyncedGroupCommit()
    /// Where buffered ones do.
    let bufferedCommits: FlatCombiner
    /// The batch of a put that meets no other, one for each lane of ``bufferedCommits``: it belongs to who has taken
    /// that.
    let singles: (OpaquePointer, OpaquePointer) = (rocksdb_writebatch_create(), rocksdb_writebatch_create())
    let snapshots = LiveSnapshots()
    /// The commits that do not come through ``updates``.
    let writeEpoch = WriteEpoch()
    /// Counts bulk loads, which need not show in the sequence number.
    let loads = Atomic<UInt64>(0)
    /// What plain writes share and a transaction has alone while it checks and commits.
    let writeLock: ReadWriteLock
    /// What holds it beyond the calls inside the gate.
    let uses: ColumnFamilyUses
    /// Held by pinned values too. Looked at by who has closed the gate, when nothing else is left to change that.
    @exclusivity(unchecked) nonisolated(unsafe) private(set) var hold: FamilyHold
    private let usesWriteLock = Atomic<Bool>(false)
    private let pointReads: PointReadOptions
    private let pointReadsWithRangeDeletions: PointReadOptions
    // Those of reads that may go to files, here to be looked at fast.
    private let handle: OpaquePointer
    private let handleWithRangeDeletions: OpaquePointer
    private let usesRangeDeletions: Atomic<Bool>

    init(
        _ database: Database, family name: String = "default", usesRangeDeletions: Bool, format: ValueFormat = .plain
    ) throws(EngineFailure) {
        guard let (family, options, uses) = database.useFamily(name) else {
            throw .refused(.corruption, "the column family \(name) is missing; restore the database from a backup")
        }
        hold = FamilyHold(database, name)
        self.uses = uses
        self.database = database
        self.family = family
        self.options = options
        bufferedCommits = FlatCombiner(hasSecondLane: options.tuning.pipelinedWrites)
        familyName = name
        familyID = rocksdb_column_family_handle_get_id(family)
        writeLock = ReadWriteLock(.writes, order: UInt64(familyID))
        self.format = format
        trailerSize = format.trailerSize
        // What another process writes, nothing here would notice.
        values = database.isReader ? nil : options.tuning.valueCache.map(ValueCache.init(capacity:))
        readsPlainly = trailerSize == 0 && values == nil && database.buffer == nil
        self.usesRangeDeletions = Atomic(usesRangeDeletions)
        pointReads = PointReadOptions(rangeDeletions: false)
        pointReadsWithRangeDeletions = PointReadOptions(rangeDeletions: true)
        handle = pointReads.any.handle
        handleWithRangeDeletions = pointReadsWithRangeDeletions.any.handle
        uses.columnFamilies.wrappingAdd(1, ordering: .relaxed)
        ForkedChild.noteEngineInUse()
        ForkedChild.add(self) {
            Unmanaged<ColumnFamily>.fromOpaque($0)._withUnsafeGuaranteedRef {
                $0.ending.store(ColumnFamilyEnding.forked.rawValue, ordering: .relaxed)
            }
        }
    }

    deinit {
        ForkedChild.remove(self)
        // Somebody may have had the database's lock.
        if ForkedChild.isThisProcess { return }
        rocksdb_writebatch_destroy(singles.0)
        rocksdb_writebatch_destroy(singles.1)
        uses.columnFamilies.wrappingSubtract(1, ordering: .releasing)
    }

    /// Set when it is let go although something may still hold it, which stops working, in order. The raw value of a
    /// ``ColumnFamilyEnding``: see ``ForkedChild/Ending``.
    private let ending = Atomic<UInt8>(ColumnFamilyEnding.none.rawValue)

    @inline(__always)
    var isClosed: Bool { ending.load(ordering: .relaxed) != ColumnFamilyEnding.none.rawValue }

    var isReopened: Bool { ending.load(ordering: .relaxed) == ColumnFamilyEnding.reopened.rawValue }

    /// What a call that comes after the end gets.
    var endingFailure: EngineFailure {
        switch ColumnFamilyEnding(rawValue: ending.load(ordering: .relaxed)) {
        case nil, .none?, .closed: .refused(.closed, "the store was closed")
        case .dropped: .refused(.namespaceNotFound, "the namespace was dropped")
        case .reopened: ColumnFamilyEnding.reopenedFailure
        case .forked: .refused(.closed, StoreError.forked(.cursor).message)
        }
    }

    /// Whether this is a child that was forked, which must not call the engine: another thread may have had its locks.
    @inline(__always)
    var isInForkedChild: Bool { ending.load(ordering: .relaxed) == ColumnFamilyEnding.forked.rawValue }

    func end(_ reason: ColumnFamilyEnding) {
        ending.store(reason.rawValue, ordering: .relaxed)
        // A database may outlive one of its namespaces.
        if reason != .dropped { database.end() }
    }

    /// Whether values are pinned.
    var isPinned: Bool { !isKnownUniquelyReferenced(&hold) }

    /// Whether the database is there for it alone, and not for column families.
    var isAlone: Bool { familyID == 0 }

    var hasRangeDeletions: Bool { usesRangeDeletions.load(ordering: .acquiring) }

    /// To be called while nothing else uses the column family, before its first range deletion.
    func beginRangeDeletions() { usesRangeDeletions.store(true, ordering: .releasing) }

    /// Whether writes can be locked out: only then do they take the lock.
    var canLockOutWrites: Bool { usesWriteLock.load(ordering: .acquiring) }

    /// To be called while nothing else uses the column family, before its first transaction.
    func beginLockingOutWrites() { usesWriteLock.store(true, ordering: .releasing) }

    /// Waits for the writes that are under way and keeps others out.
    func lockOutWrites() { writeLock.lockAlone() }

    func letWritesIn() { writeLock.unlock() }

    /// The options of a read of what is there now.
    var latest: PointReadOptions { hasRangeDeletions ? pointReadsWithRangeDeletions : pointReads }

    /// Of ``latest``, those of a read that may go to files.
    var latestHandle: OpaquePointer { hasRangeDeletions ? handleWithRangeDeletions : handle }
}

/// Why a column family was let go.
enum ColumnFamilyEnding: UInt8 {
    case none, closed, dropped, reopened, forked

    static var reopenedFailure: EngineFailure {
        .refused(.closed, "the database was reopened meanwhile; begin anew")
    }
}

/// The options of point reads of one state of a column family.
struct PointReadOptions {
    /// Reads files where it must.
    let any: ReadOptions
    /// Answers Incomplete where it would have to.
    let cachedOnly: ReadOptions
    /// Whether it is the state now, and not that of a snapshot.
    let isLatest: Bool

    init(snapshot: OpaquePointer? = nil, time: UInt64? = nil, rangeDeletions: Bool) {
        any = ReadOptions(snapshot: snapshot, time: time, rangeDeletions: rangeDeletions)
        cachedOnly = ReadOptions(snapshot: snapshot, time: time, rangeDeletions: rangeDeletions, cachedOnly: true)
        isLatest = snapshot == nil
    }
}
