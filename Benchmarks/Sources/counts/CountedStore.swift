import CHarness
import Foundation
import KVStore
import SystemPackage

/// The same settled content twice: in a namespace, and in a database that C has open.
final class CountedStore {
    static let keySize = 16

    let entries: Int
    let store: Store
    let namespace: Namespace
    let database: OpaquePointer
    /// The keys in an order that jumps, in one piece.
    let shuffled: UnsafeRawBufferPointer
    /// The keys in their order.
    let sorted: UnsafeRawBufferPointer
    /// The shuffled keys for tasks, which take values of their own.
    let asyncKeys: [[UInt8]]
    let value = [UInt8](repeating: UInt8(ascii: "v"), count: 100)

    init(in folder: FilePath, entries: Int) throws {
        self.entries = entries
        let path = folder.appending("store")
        sorted = Self.keys(entries) { $0 }
        // 7,919 is prime to their number: each comes once.
        shuffled = Self.keys(entries) { $0 * 7919 % entries }
        asyncKeys = (0..<min(entries, 10_000)).map { [shuffled] in Array(key(shuffled, $0)) }
        // C cannot set the hints, and how an entry finds its place in a memtable is the engine's affair.
        var configuration = StoreConfiguration()
        configuration.namespaceTuning.memtableInsertHints = false
        // No sync in the background: it would come at any time.
        configuration.walSyncInterval = nil
        let made = try Store.open(at: path, configuration: configuration)
        let namespace = try made.createNamespace("counted")
        for entry in 0..<entries { try namespace.put(key(sorted, entry), value) }
        try namespace.flush()
        try namespace.compact()
        try made.close()
        let folders = try FileManager.default.contentsOfDirectory(atPath: path.appending("namespaces").string)
        let copy = folder.appending("copy")
        try FileManager.default.copyItem(
            atPath: path.appending("namespaces").appending(folders[0]).string, toPath: copy.string)
        let tuning = Tuning.namespace
        database = loop_open(
            copy.string, copy.string, UInt64(tuning.blockCacheCapacity.bytes), tuning.bloomBitsPerKey, nil)
        store = try Store.open(at: path, configuration: configuration)
        self.namespace = try store.namespace("counted")
    }

    func close() throws {
        loop_close(database)
        try store.close()
    }

    func loopKeys(_ keys: UnsafeRawBufferPointer, count: Int? = nil) -> loop_keys {
        loop_keys(
            bytes: keys.baseAddress!.assumingMemoryBound(to: CChar.self), size: Self.keySize,
            count: UInt64(count ?? entries))
    }

    private static func keys(_ entries: Int, _ order: (Int) -> Int) -> UnsafeRawBufferPointer {
        let keys = UnsafeMutableRawBufferPointer.allocate(byteCount: entries * keySize, alignment: 16)
        for place in 0..<entries {
            let digits = Array(String(order(place)).utf8)
            let key = Array(repeating: UInt8(ascii: "0"), count: keySize - digits.count) + digits
            for (offset, byte) in key.enumerated() { keys[place * keySize + offset] = byte }
        }
        return UnsafeRawBufferPointer(keys)
    }
}

/// The key at a place, without a copy.
@inline(__always)
func key(_ keys: UnsafeRawBufferPointer, _ place: Int) -> UnsafeRawBufferPointer {
    let start = place % (keys.count / CountedStore.keySize) * CountedStore.keySize
    return UnsafeRawBufferPointer(rebasing: keys[start..<start + CountedStore.keySize])
}
