/// A second iterator beside one that looks for range deletions, to notice what that one passes over.
///
/// Only for engines that need it: see ``EngineFeatures/scansReportUnreadableBlocks``.
///
/// When RocksDB 7.8 looks for range deletions and comes to a block that it cannot read from an entry that is deleted,
/// or from the end of a file, it drops the rest of that level and says nothing. With range deletions ignored it says
/// so. The witness ignores them and goes along, so it comes to the same blocks, and mostly finds them in the cache.
///
/// Where more is hidden than it has patience for, it leaps, and then looks whether the next entries that only it sees
/// are really deleted. So what it can miss is a block among entries that are deleted anyway, unless one of the next few
/// entries of its level tells.
///
/// Costs a second walk: see docs/tuning.md.
final class RangeDeletionGuard {
    /// How a witness reads: as the iterator beside it, but for range deletions; and single keys, with them.
    struct Options {
        let scan: ReadOptions
        let point: ReadOptions
    }

    private let iterator: EngineIterator
    private let point: ReadOptions
    private var failure: EngineFailure?
    private var probesLeft = 0
    private static let patience = 64
    private static let probesAfterLeap = 4

    init(_ columnFamily: ColumnFamily, _ options: Options) {
        iterator = EngineIterator(columnFamily, options.scan, isCounted: false)
        point = options.point
    }

    var hasFailed: Bool { failure != nil }

    /// Throws what the other iterator has passed over.
    func check() throws(EngineFailure) { if let failure { throw failure } }

    /// Does what the other iterator did, and goes on to where that is now.
    ///
    /// - Parameter key: where it is; nil for nowhere.
    func follow(
        _ key: UnsafeRawBufferPointer?, isForward: Bool, _ step: (borrowing EngineIterator) -> Void
    ) {
        guard failure == nil else { return }
        step(iterator)
        var steps = 0
        while failure == nil, iterator.isValid, isBehind(key, isForward: isForward) {
            if probesLeft > 0 {
                probesLeft -= 1
                probe()
            } else if steps == Self.patience {
                return leap(to: key, isForward: isForward)
            }
            steps += 1
            if isForward { iterator.next() } else { iterator.previous() }
        }
        noteEnd()
    }

    /// As ``follow(_:isForward:_:)``, after a step to the entry beside.
    func followStep(_ key: UnsafeRawBufferPointer?, isForward: Bool) {
        follow(key, isForward: isForward) { iterator in
            if iterator.isValid {
                if isForward { iterator.next() } else { iterator.previous() }
            } else if let key {
                if isForward { iterator.seek(key.bytes) } else { iterator.seekBackward(key.bytes) }
            }
        }
    }

    private func isBehind(_ key: UnsafeRawBufferPointer?, isForward: Bool) -> Bool {
        guard let key else { return true }
        return isForward
            ? iterator.key.lexicographicallyPrecedes(key) : key.lexicographicallyPrecedes(iterator.key)
    }

    private func leap(to key: UnsafeRawBufferPointer?, isForward: Bool) {
        probesLeft = Self.probesAfterLeap
        if let key {
            if isForward { iterator.seek(key.bytes) } else { iterator.seekBackward(key.bytes) }
        } else {
            // The other one says that there is no more: so the last of all has to be deleted.
            if isForward { iterator.seekToLast() } else { iterator.seekToFirst() }
            if iterator.isValid { probe() }
        }
        noteEnd()
    }

    /// Looks whether the entry that only the witness sees is deleted.
    private func probe() {
        do throws(EngineFailure) {
            guard try iterator.columnFamily.getStored(iterator.key.bytes, point) != nil else { return }
            failure = .refused(
                .corruption,
                "a scan passed over entries that are there: a block of a table file cannot be read. verify() names the file; "
                    + "restore the namespace from a backup")
        } catch {
            failure = error
        }
    }

    private func noteEnd() {
        guard failure == nil, !iterator.isValid else { return }
        do throws(EngineFailure) { try iterator.check() } catch { failure = error }
    }
}
