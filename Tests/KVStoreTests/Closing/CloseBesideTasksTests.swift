import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Closing a store that tasks use")
struct CloseBesideTasksTests {
    @Test("Closing beside tasks that create and drop namespaces ends, and the calls of another store go on")
    func churn() async throws {
        try await withTemporaryFolder { folder in
            let other = try await Store.open(at: folder.appending("other"), configuration: .tiny)
            let counters = try await other.createNamespace("counters")
            for round in 0..<20 {
                let store = try await Store.open(at: folder.appending("store \(round)"), configuration: .tiny)
                let tasks = (0..<12).map { task in
                    Task {
                        for number in 0... {
                            let name = "namespace \(task) \(number)"
                            try await store.createNamespace(name).put("key", "value")
                            try await store.dropNamespace(name)
                        }
                    }
                }
                try await Task.sleep(for: .milliseconds(round * 3))
                let isClosed = Flag()
                let closing = Task.detached {
                    defer { isClosed.set() }
                    try await store.close()
                }
                let hasWritten = Flag()
                let writing = Task.detached {
                    try await counters.update { $0.put("counter", "\(round)") }
                    hasWritten.set()
                }
                try #require(await eventuallySet(isClosed), "round \(round): close() does not end")
                try #require(await eventuallySet(hasWritten), "round \(round): another store's update does not end")
                try await closing.value
                try await writing.value
                for task in tasks {
                    await #expect { try await task.value } throws: { ($0 as? StoreError)?.code == .closed }
                }
            }
            try await other.close()
        }
    }

    @Test("A store that was closed beside tasks that create and drop namespaces opens again with what they had made")
    func reopened() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            for round in 0..<8 {
                let store = try await Store.open(at: path, configuration: .tiny)
                let tasks = (0..<6).map { task in
                    Task {
                        var made: [String] = []
                        do {
                            for number in 0... {
                                let name = "namespace \(round) \(task) \(number)"
                                let namespace = try await store.createNamespace(name)
                                try await namespace.put("key", "value")
                                made.append(name)
                                if number.isMultiple(of: 2) {
                                    made.removeLast()
                                    try await store.dropNamespace(name)
                                }
                            }
                        } catch let error as StoreError {
                            #expect(error.code == .closed)
                        }
                        return made
                    }
                }
                try await Task.sleep(for: .milliseconds(5 + round * 3))
                try await store.close()
                var made: [String] = []
                for task in tasks { made += try await task.value }
                try withStore(at: path) { store in
                    for name in made { #expect(try store.namespace(name).get("key") == "value".bytes) }
                    for info in try store.namespaces() where info.name.hasPrefix("namespace \(round) ") {
                        try store.dropNamespace(info.name)
                    }
                }
            }
        }
    }

    @Test("A cancelled task closes its store all the same")
    func cancelled() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            for _ in 0..<20 {
                let store = try await Store.open(at: path, configuration: .tiny)
                try await store.namespace("test", createIfMissing: true).put("key", "value")
                let isCancelled = Flag()
                let task = Task {
                    // Cancelled before the call in each round, and within it in some.
                    while !isCancelled.isSet { await Task.yield() }
                    try await store.close()
                }
                task.cancel()
                isCancelled.set()
                try await task.value
                await #expect(throws: StoreError.self) { try await store.namespaces() }
            }
            let found = try withStore(at: path) { try $0.namespace("test").get("key") }
            #expect(found == "value".bytes)
        }
    }

    @Test("A task that is cancelled while it waits for close() waits to the end")
    func cancelledMeanwhile() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            for round in 0..<20 {
                let store = try await Store.open(at: path, configuration: .tiny)
                try await store.namespace("test", createIfMissing: true).put("key", "value")
                let task = Task { try await store.close() }
                for _ in 0..<round { await Task.yield() }
                task.cancel()
                try await task.value
                try await Store.open(at: path, configuration: .tiny).close()
            }
        }
    }
}

/// Waits until a flag is set, while the task is suspended; at most as long as only something that is stuck takes, however
/// many tests run at the same time.
func eventuallySet(_ flag: Flag) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(600)
    while ContinuousClock.now < deadline {
        if flag.isSet { return true }
        try await Task.sleep(for: .milliseconds(1))
    }
    return flag.isSet
}
