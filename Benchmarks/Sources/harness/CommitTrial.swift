import CHarness
import Foundation
import KVStore
import SystemPackage

/// Puts of threads that share nothing but the database, one a commit, into a new one each time.
struct CommitTrial {
    let path: FilePath
    /// The database whose options C's has.
    let template: FilePath
    let configuration: StoreConfiguration
    let threads: Int
    let content: NumberedEntries

    private var share: Int { content.count / threads }

    /// Puts a second through the engine's C API.
    ///
    /// - Parameter pipelined: whether with pipelined writes, as the library's are.
    func runC(pipelined: Bool) -> Double {
        defer { remove() }
        let tuning = configuration.namespaceTuning
        let database = loop_open(
            path.string, template.string, UInt64(tuning.blockCacheCapacity.bytes), tuning.bloomBitsPerKey,
            "enable_pipelined_write=\(pipelined)")
        defer { loop_close(database) }
        return rate {
            loop_put_threads(
                database, content.loopKeys(content.random), content.values.baseAddress!,
                NumberedEntries.valueSize, UInt64(threads), UInt64(share * threads))
        }
    }

    /// Puts a second through the library.
    func runSwift() throws -> Double {
        defer { remove() }
        let store = try Store.open(at: path, configuration: configuration)
        let namespace = try store.createNamespace("trial")
        // It opens with its first use.
        _ = try namespace.get("nothing")
        let rate = rate { put(into: namespace) }
        try store.close()
        return rate
    }

    private func put(into namespace: Namespace) {
        let keySize = NumberedEntries.keySize, share = share
        nonisolated(unsafe) let keys = UnsafeRawBufferPointer(content.random)  // nobody writes to it
        let value = Array(content.values[..<NumberedEntries.valueSize])
        let ended = DispatchSemaphore(value: 0)
        for number in 0..<threads {
            Thread.detachNewThread {
                do {
                    for place in number * share..<(number + 1) * share {
                        let key = UnsafeRawBufferPointer(rebasing: keys[place * keySize..<(place + 1) * keySize])
                        try namespace.put(key, value)
                    }
                } catch {
                    fatalError("\(error)")
                }
                ended.signal()
            }
        }
        for _ in 0..<threads { ended.wait() }
    }

    private func rate(_ body: () -> Void) -> Double {
        // The file system's own work for the run before is none of this one's.
        sync()
        let took = ContinuousClock().measure(body).components
        return Double(share * threads) / (Double(took.seconds) + Double(took.attoseconds) / 1e18)
    }

    private func remove() { try? FileManager.default.removeItem(atPath: path.string) }
}
