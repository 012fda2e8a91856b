import CHarness
import Foundation
import KVStore
import SystemPackage

/// Entries that are put into a new database each time, by a model.
struct ModelTrial {
    let path: FilePath
    /// The database whose options the model's has.
    let template: FilePath
    let tuning: Tuning
    let content: NumberedEntries

    /// Puts a second.
    func put(_ kind: model_kind, _ threads: Int) throws -> Double {
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path.string) }
        // The file system's own work for the run before is none of this one's.
        sync()
        let seconds = model_put(
            kind, path.string, template.string, UInt64(tuning.blockCacheCapacity.bytes), tuning.bloomBitsPerKey,
            content.loopKeys(content.random), content.values.baseAddress!, NumberedEntries.valueSize, UInt64(threads))
        return Double(content.count) / seconds
    }

    /// The entries in a database, compacted and read once.
    func settled() throws -> SettledEntries {
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        let database = loop_open(
            path.string, template.string, UInt64(tuning.blockCacheCapacity.bytes), tuning.bloomBitsPerKey, nil)
        loop_fill(database, content.loopKeys(content.sorted), content.values.baseAddress!, NumberedEntries.valueSize)
        loop_settle(database)
        let settled = SettledEntries(database: database, content: content)
        _ = settled.scan()
        return settled
    }
}

/// A database that is read from its first entry to its last.
final class SettledEntries: @unchecked Sendable {  // nobody writes
    private let database: OpaquePointer
    private let content: NumberedEntries

    init(database: OpaquePointer, content: NumberedEntries) {
        self.database = database
        self.content = content
    }

    deinit { loop_close(database) }

    /// Entries a second, as of the others.
    func scan() -> Double { rate { _ = loop_scan(database, UInt64(content.count)) } }

    func step() -> Double { rate { _ = loop_step(database, UInt64(content.count)) } }

    func scanHalves() -> Double {
        rate {
            DispatchQueue.concurrentPerform(iterations: 2) { half in
                let keys = content.loopKeys(content.sorted)
                _ = loop_scan_from(
                    database, keys.bytes + half * content.count / 2 * keys.size, keys.size, UInt64(content.count / 2))
            }
        }
    }

    private func rate(_ body: () -> Void) -> Double {
        let took = ContinuousClock().measure(body).components
        return Double(content.count) / (Double(took.seconds) + Double(took.attoseconds) / 1e18)
    }
}
