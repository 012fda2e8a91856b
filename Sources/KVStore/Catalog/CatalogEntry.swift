internal import Synchronization

/// The catalog's entry of a namespace that is in use, as it is now.
///
/// Changed with the catalog lock held and after the catalog: what is here is on disk.
final class CatalogEntry: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock(.innermost)
    private var record: CatalogRecord
    private var isDropped = false
    /// The tuning of namespaces that have none of their own.
    private let storeTuning: Tuning
    /// What its tuning says of durability, here to be looked at fast.
    private let tunedDurability: Atomic<UInt8>

    init(_ record: CatalogRecord, _ storeTuning: Tuning) {
        self.record = record
        self.storeTuning = storeTuning
        tunedDurability = Atomic(Self.number((record.tuning ?? storeTuning).durability))
    }

    /// What a commit survives when neither the call nor the store's configuration says.
    var durability: Durability {
        switch tunedDurability.load(ordering: .relaxed) {
        case 0: .synced
        case 1: .buffered
        default: .unlogged
        }
    }

    private static func number(_ durability: Durability) -> UInt8 {
        switch durability {
        case .synced: 0
        case .buffered: 1
        case .unlogged: 2
        }
    }

    var current: CatalogRecord { lock.withLock { record } }

    /// Nil once the namespace was dropped.
    var ifPresent: CatalogRecord? { lock.withLock { isDropped ? nil : record } }

    func set(_ record: CatalogRecord) {
        lock.withLock { self.record = record }
        tunedDurability.store(Self.number((record.tuning ?? storeTuning).durability), ordering: .relaxed)
    }

    func drop() { lock.withLock { isDropped = true } }
}
