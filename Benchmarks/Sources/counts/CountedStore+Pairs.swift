import CHarness
import Foundation
import KVStore

/// Where the results of loops go, so that they are not left out.
nonisolated(unsafe) var sink: UInt64 = 0

extension CountedStore {
    var reads: [CountedPair] {
        [
            CountedPair(
                name: "get pinned", operations: 10_000,
                c: { [self] in sink &+= loop_get_pinned(database, loopKeys(shuffled), $0) },
                swift: { [namespace, shuffled] operations in
                    var sum: UInt64 = 0
                    for operation in 0..<operations {
                        guard let value = try namespace.pinned(key(shuffled, operation)) else { continue }
                        value.withBytes { sum &+= UInt64($0.byteCount) + UInt64($0.unsafeLoad(as: UInt8.self)) }
                    }
                    sink &+= sum
                }),
            CountedPair(
                name: "get copy", operations: 10_000,
                c: { [self] in sink &+= loop_get_copy(database, loopKeys(shuffled), $0) },
                swift: { [namespace, shuffled] operations in
                    var sum: UInt64 = 0
                    for operation in 0..<operations {
                        guard let value = try namespace.get(key(shuffled, operation)) else { continue }
                        sum &+= UInt64(value.count) + UInt64(value[0])
                    }
                    sink &+= sum
                }),
            many(10), many(100),
            CountedPair(
                name: "cursor step", operations: entries,
                c: { [self] in sink &+= loop_scan(database, $0) },
                swift: { [namespace] _ in
                    var sum: UInt64 = 0
                    var cursor = try namespace.cursor()
                    while try cursor.next() {
                        let key = cursor.key
                        let value = cursor.value
                        sum &+= UInt64(key.byteCount) + UInt64(key.unsafeLoad(as: UInt8.self))
                        sum &+= UInt64(value.byteCount) + UInt64(value.unsafeLoad(as: UInt8.self))
                    }
                    sink &+= sum
                }),
            CountedPair(
                name: "async get, cached", operations: 5_000, isAsync: true,
                c: { [self] in sink &+= loop_get_copy(database, loopKeys(shuffled), $0) },
                swift: { [self] operations in
                    let (namespace, keys) = (namespace, asyncKeys)
                    waitFor {
                        var sum: UInt64 = 0
                        for operation in 0..<operations {
                            guard let value = try await namespace.get(keys[operation % keys.count]) else { continue }
                            sum &+= UInt64(value.count) + UInt64(value[0])
                        }
                        sink &+= sum
                    }
                }),
        ]
    }

    var writes: [CountedPair] {
        [
            CountedPair(
                name: "put", operations: 5_000,
                c: { [self] operations in
                    value.withUnsafeBytes {
                        loop_put(database, loopKeys(shuffled), $0.chars, $0.count, operations)
                    }
                },
                swift: { [namespace, shuffled, value] operations in
                    for operation in 0..<operations { try namespace.put(key(shuffled, operation), value) }
                }),
            CountedPair(
                name: "batch of 5", operations: 2_000,
                c: { [self] operations in
                    value.withUnsafeBytes {
                        loop_batch(database, loopKeys(shuffled), $0.chars, $0.count, 5, operations, 0)
                    }
                },
                swift: { [namespace, shuffled, value] operations in
                    var batch = WriteBatch()
                    for operation in 0..<operations {
                        batch.clear()
                        for number in 0..<5 { batch.put(key(shuffled, operation * 5 + number), value) }
                        try namespace.commit(batch)
                    }
                }),
            CountedPair(
                name: "update", operations: 5_000,
                c: { [self] in loop_update(database, loopKeys(shuffled, count: 16), $0) },
                swift: { [namespace, shuffled] operations in
                    for operation in 0..<operations {
                        let key = key(shuffled, operation % 16)
                        try namespace.update { txn in
                            var number: UInt64 = 0
                            if let value = try txn.get(key), value.count == 8 {
                                number = value.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
                            }
                            number += 1
                            withUnsafeBytes(of: number) { txn.put(key, $0) }
                        }
                    }
                }),
            synced(1), synced(10), synced(100), synced(1000),
        ]
    }

    private func many(_ together: Int) -> CountedPair {
        let operations = 4_000 / together
        return CountedPair(
            name: "getMany \(together)", operations: operations, keys: together,
            c: { [self] in sink &+= loop_get_many(database, loopKeys(sorted), UInt64(together), $0) },
            swift: { [namespace, sorted] operations in
                var sum: UInt64 = 0
                for operation in 0..<operations {
                    let keys = (0..<together).map { key(sorted, operation * together + $0) }
                    for case let value? in try namespace.getMany(keys) {
                        sum &+= UInt64(value.count) + UInt64(value[0])
                    }
                }
                sink &+= sum
            })
    }

    /// Commits of one put each by so many tasks at a time, beside one batch of as many puts in C: what merging costs.
    private func synced(_ tasks: Int) -> CountedPair {
        let rounds = max(1, 400 / tasks)
        return CountedPair(
            name: "synced commit, \(tasks) tasks", operations: rounds * tasks, isAsync: true,
            c: { [self] operations in
                value.withUnsafeBytes {
                    loop_batch(
                        database, loopKeys(shuffled), $0.chars, $0.count, UInt64(tasks), operations / UInt64(tasks), 1)
                }
            },
            swift: { [self] operations in
                let (namespace, keys, value) = (namespace, asyncKeys, value)
                waitFor {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for task in 0..<tasks {
                            group.addTask {
                                for round in 0..<operations / tasks {
                                    let key = keys[(round * tasks + task) % keys.count]
                                    try await namespace.put(key, value, durability: .synced)
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                }
            })
    }

}

extension UnsafeRawBufferPointer {
    fileprivate var chars: UnsafePointer<CChar> { baseAddress!.assumingMemoryBound(to: CChar.self) }
}

/// Runs a task and waits for it.
private func waitFor(_ body: @escaping @Sendable () async throws -> Void) {
    let done = DispatchSemaphore(value: 0)
    Task.detached {
        do { try await body() } catch { fatalError("\(error)") }
        done.signal()
    }
    done.wait()
}
