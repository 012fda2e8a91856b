/// What a commit survives once the call that made it has returned.
///
/// | durability | acknowledged when | process killed | power cut or kernel crash |
/// |---|---|---|---|
/// | ``synced`` | the write-ahead log holding it is on disk | nothing lost | nothing lost |
/// | ``buffered`` | the log record is with the kernel | nothing lost | at most ``StoreConfiguration/walSyncInterval``
/// of the newest commits |
/// | ``unlogged`` | it is in the memtable | lost back to the last flush | lost back to the last flush |
///
/// Whatever survives is a prefix of the namespace's commits, and a batch is there whole or not at all.
public enum Durability: String, Sendable, Hashable, CaseIterable, Codable {
    /// Acknowledged when on disk: RocksDB's `WriteOptions.sync`, Pebble's `Sync`. Costs one sync of the disk, shared by
    /// the commits that wait for it together.
    case synced
    /// Acknowledged when the kernel has the log record; the log is synced at most every
    /// ``StoreConfiguration/walSyncInterval``. The default.
    case buffered
    /// Not logged at all: RocksDB's `WriteOptions.disableWAL`. For data that can be made again.
    case unlogged
}

extension Durability: Comparable {
    /// Whether one promises less than the other.
    public static func < (one: Durability, other: Durability) -> Bool { one.rank < other.rank }

    private var rank: Int {
        switch self {
        case .unlogged: 0
        case .buffered: 1
        case .synced: 2
        }
    }
}
