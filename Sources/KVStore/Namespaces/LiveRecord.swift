/// The catalog's entry of a namespace that is in use, as it is now.
///
/// Changed with the catalog lock held and after the catalog: what is here is on disk.
final class LiveRecord: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock()
    private var record: NamespaceRecord
    private var isDropped = false

    init(_ record: NamespaceRecord) { self.record = record }

    var current: NamespaceRecord { lock.withLock { record } }

    /// Nil once the namespace was dropped.
    var ifPresent: NamespaceRecord? { lock.withLock { isDropped ? nil : record } }

    func set(_ record: NamespaceRecord) { lock.withLock { self.record = record } }

    func drop() { lock.withLock { isDropped = true } }
}
