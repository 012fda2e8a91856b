import Foundation
import SystemPackage
import Testing

@testable import KVStore

/// Each in a process of its own, which the kernel would end.
@Suite("The file of commits that gather goes away")
struct CommitBufferLossTests {
    private static let writes: [(String, @Sendable (Namespace) throws -> Void)] = [
        ("put", { try $0.put("key", "new") }),
        (
            "delete",
            {
                try $0.delete("none")
                try $0.put("key", "new")
            }
        ),
        ("batch", { try $0.write { $0.put("key", "new") } }),
        ("update", { try $0.update { $0.put("key", "new") } }),
        ("transaction", { try $0.transaction { try $0.put("key", "new") } }),
        ("synced put", { try $0.put("key", "new", durability: .synced) }),
    ]

    private static let taskWrites: [(String, @Sendable (Namespace) async throws -> Void)] = [
        ("put", { try await $0.put("key", "new") }),
        ("batch", { try await $0.write { $0.put("key", "new") } }),
        ("update", { try await $0.update { $0.put("key", "new") } }),
    ]

    @Test("What was committed is there, what comes goes to the engine, and it is told of")
    func lost() async {
        await #expect(processExitsWith: .success) {
            for (name, write) in Self.writes {
                let log = KeptLog()
                var configuration = CommitBufferTests.configuration()
                configuration.logger = log.logger
                try withTemporaryFolder { folder in
                    let path = folder.appending("store")
                    try withStore(at: path, configuration) { store in
                        let namespace = try store.createNamespace("test")
                        for number in 0..<100 { try namespace.put("key \(number)", "\(number)") }
                        try namespace.put("key", "old")
                        #expect(namespace.isGathering)
                        try Self.cutOff(namespace)
                        try write(namespace)
                        // The synced one did not go there.
                        try namespace.put("another", "value")
                        #expect(!namespace.isGathering, "\(name)")
                        try Self.check(namespace, name)
                        try namespace.put("after", "value", durability: .synced)
                    }
                    // All lines are there when it has closed.
                    let lines = log.messages("commits do not gather any more: their file cannot be written to")
                    #expect(lines.count == 1, "\(name)")
                    try withStore(at: path, configuration) { store in
                        let namespace = try store.namespace("test")
                        try Self.check(namespace, name)
                        try namespace.put("gathers", "again")
                        #expect(namespace.isGathering)
                    }
                }
            }
        }
    }

    @Test("Tasks meet with it")
    func tasks() async {
        await #expect(processExitsWith: .success) {
            for (name, write) in Self.taskWrites {
                try await withTemporaryStore(CommitBufferTests.configuration()) { _, namespace in
                    for number in 0..<100 { try await namespace.put("key \(number)", "\(number)") }
                    try Self.cutOff(namespace)
                    try await write(namespace)
                    #expect(!namespace.isGathering, "\(name)")
                    try Self.check(namespace, name)
                }
            }
        }
    }

    @Test("Several threads meet with it at once")
    func threads() async {
        await #expect(processExitsWith: .success) {
            try Self.writeFromThreads()
        }
    }

    private static func writeFromThreads() throws {
        try withTemporaryStore(CommitBufferTests.configuration(.kibibytes(64))) { _, namespace in
            DispatchQueue.concurrentPerform(iterations: 4) { thread in
                for number in 0..<3000 {
                    if thread == 0, number == 1000 { try? cutOff(namespace) }
                    let key = "\(thread)/\(number)"
                    _ = try? namespace.put(key, key)
                    let found = (try? namespace.get(key)) ?? nil
                    #expect(found == key.bytes)
                }
            }
            let count = try namespace.entries().collect().count
            #expect(count == 4 * 3000)
            #expect(!namespace.isGathering)
        }
    }

    @Test("SIGBUS of another mapping goes where it went before")
    func elsewhere() async {
        await #expect(processExitsWith: .exitCode(7)) {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in _exit(7) }
            sigaction(SIGBUS, &action, nil)
            try withTemporaryStore(CommitBufferTests.configuration()) { store, namespace in
                try namespace.put("key", "value")
                try Self.cutOff(namespace)
                try namespace.put("key", "new")
                try Self.removeFiles(store)
                Self.writeBeyondEnd()
            }
        }
    }

    @Test("Without a handler of before, it ends the process")
    func deadly() async {
        await #expect(processExitsWith: .signal(SIGBUS)) {
            try Self.gatherWithoutHandler { Self.writeBeyondEnd() }
        }
    }

    @Test("One that another process sends does too")
    func sent() async {
        await #expect(processExitsWith: .signal(SIGBUS)) {
            try Self.gatherWithoutHandler {
                kill(getpid(), SIGBUS)
                sleep(10)
            }
        }
    }

    private static func gatherWithoutHandler(_ end: () -> Void) throws {
        signal(SIGBUS, SIG_DFL)
        try withTemporaryStore(CommitBufferTests.configuration()) { store, namespace in
            try namespace.put("key", "value")
            try removeFiles(store)
            end()
        }
    }

    /// Makes the file of commits empty: its pages are gone.
    private static func cutOff(_ namespace: Namespace) throws {
        let database = FilePath(try #require(namespace.slot.columnFamily?.database.path))
        #expect(truncate(database.appending(CommitBufferFile.name).string, 0) == 0)
    }

    private static func check(_ namespace: Namespace, _ name: String) throws {
        #expect(try namespace.entries().collect().count >= 101, "\(name)")
        for number in 0..<100 { #expect(try namespace.get("key \(number)") == "\(number)".bytes, "\(name)") }
        #expect(try namespace.get("key") == "new".bytes, "\(name)")
    }

    /// The process will not end by itself.
    private static func removeFiles(_ store: Store) throws {
        try FileManager.default.removeItem(atPath: store.path.removingLastComponent().string)
    }

    private static func writeBeyondEnd() {
        let empty = fileno(tmpfile())
        let mapped = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, empty, 0)
        mapped?.storeBytes(of: 1, as: UInt8.self)
    }
}
