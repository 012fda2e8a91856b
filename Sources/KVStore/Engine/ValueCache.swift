/// Values of keys that were read, above the engine: what is asked for again takes neither its locks nor its blocks.
///
/// Right at every moment, by two rules. A commit takes its keys out before the engine writes, and until it has ended nothing
/// is put in for a key of the same shard. And what a read has found is put in only if no such commit was under way when
/// the read began, nor has begun since. So what is found here is what a read of the engine would have found at some moment
/// of the call. Reads of snapshots and cursors do not come here, since they are of an earlier moment.
final class ValueCache: Sendable {
    private let shards: [ValueCacheShard]
    private let hash = KeyHash()
    /// The writes that are not of single keys: deletions of ranges, and loads.
    private let wideWrites = WriteEpoch()
    /// More than the threads that are likely to read at the same moment.
    private static let shardLimit = 64
    /// Below that, a shard would refuse values of some size.
    private static let smallestShard = 256 << 10

    init(capacity: ByteCount) {
        var count = 1
        while count < Self.shardLimit, capacity.bytes / (2 * count) >= Self.smallestShard { count *= 2 }
        shards = (0..<count).map { _ in ValueCacheShard(capacity: capacity.bytes / count) }
    }

    /// The memory that it takes now.
    var usage: Int { shards.reduce(0) { $0 + $1.usage } }

    /// Where a key has its place, and what commits were at before it was looked for.
    struct Look {
        fileprivate let shard: ValueCacheShard
        fileprivate let hash: UInt64
        fileprivate let writes: WriteEpoch.State
        fileprivate let wideWrites: WriteEpoch.State
    }

    /// To be called before the engine is asked.
    func look(for key: RawSpan) -> Look {
        let hash = key.withUnsafeBytes { self.hash($0) }
        let shard = shards[shard(of: hash)]
        return Look(shard: shard, hash: hash, writes: shard.writes.state, wideWrites: wideWrites.state)
    }

    func find(_ key: RawSpan, _ look: Look) -> KeptValue? {
        key.withUnsafeBytes { look.shard.find($0, look.hash) }
    }

    /// Takes in what the engine has for a key, as it is stored.
    func keep(_ key: RawSpan, _ stored: UnsafeRawBufferPointer, _ look: Look) {
        guard look.writes.isQuiet, look.wideWrites.isQuiet else { return }
        key.withUnsafeBytes {
            look.shard.keep($0, stored, look.hash) {
                look.shard.writes.state != look.writes || wideWrites.state != look.wideWrites
            }
        }
    }

    /// The table of a shard goes by the low bits.
    private func shard(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 48) & (shards.count - 1) }

    // MARK: Writes

    /// The shards that a write under way has keys of.
    struct Write {
        fileprivate var shards: UInt64 = 0
        fileprivate var isWide = false
    }

    /// Begins a write of one key, which ``end(_:)`` ends, whether it succeeded or not.
    @inline(never)
    func begin(_ key: RawSpan) -> Write {
        var write = Write()
        key.withUnsafeBytes { forget($0, &write) }
        return write
    }

    /// Begins a write of a batch.
    @inline(never)
    func begin(_ batch: WriteBatch) -> Write {
        var write = Write()
        batch.representation.withUnsafeBytes { bytes in
            var offset = WriteBatch.headerSize
            while let record = WriteBatch.record(at: offset, in: bytes) {
                offset = record.end
                if record.tag == .deleteRange {
                    forgetAll(&write)
                } else {
                    forget(UnsafeRawBufferPointer(rebasing: bytes[record.key]), &write)
                }
            }
        }
        return write
    }

    /// Begins a write of what may be any keys.
    func beginWide() -> Write {
        var write = Write()
        forgetAll(&write)
        return write
    }

    func end(_ write: Write) {
        var left = write.shards
        while left != 0 {
            shards[left.trailingZeroBitCount].writes.end()
            left &= left - 1
        }
        if write.isWide { wideWrites.end() }
    }

    private func forget(_ key: UnsafeRawBufferPointer, _ write: inout Write) {
        let hash = self.hash(key)
        let index = shard(of: hash)
        if write.shards & 1 << UInt64(index) == 0 {
            write.shards |= 1 << UInt64(index)
            shards[index].writes.begin()
        }
        shards[index].forget(key, hash)
    }

    private func forgetAll(_ write: inout Write) {
        guard !write.isWide else { return }
        write.isWide = true
        wideWrites.begin()
        for shard in shards { shard.forgetAll() }
    }
}
