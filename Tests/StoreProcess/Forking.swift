import Foundation
import KVStore
import SystemPackage

/// What a child that was forked does with the store of its parent.
enum ForkedUse: String, CaseIterable {
    case exits, closes, letsGo, calls, opens, usesCursor

    /// Does it in the child; returns what is wrong.
    func run(_ parts: inout ForkedParts) -> String? {
        switch self {
        case .exits: return nil
        case .closes:
            do { try parts.store?.close() } catch { return "close() threw \(error)" }
        case .letsGo: parts.letGo()
        case .calls:
            guard let store = parts.store, let namespace = parts.namespace else { return "no store" }
            let snapshot = parts.snapshot
            let uses: [(StaticString, () throws -> Void)] = [
                ("get", { _ = try namespace.get("key") }),
                ("put", { try namespace.put("key", "of the child") }),
                ("synced put", { try namespace.put("key", "of the child", durability: .synced) }),
                ("update", { try namespace.update { $0.put("key", "of the child") } }),
                ("transaction", { try namespace.transaction { try $0.put("key", "of the child") } }),
                ("deleteRange", { try namespace.deleteRange(.all) }),
                ("cursor", { _ = try namespace.cursor() }),
                ("snapshot", { _ = try namespace.snapshot() }),
                ("snapshot's get", { _ = try snapshot?.get("key") }),
                ("flush", { try namespace.flush() }),
                ("compact", { try namespace.compact() }),
                ("ingest", { try namespace.ingest([(key: "key", value: "of the child")]) }),
                ("reopen", { try namespace.reopen() }),
                ("verify", { _ = try store.verify() }),
                ("statistics", { _ = try namespace.statistics() }),
                ("sync", { try store.sync() }),
                ("namespace", { _ = try store.namespace("test") }),
                ("namespaces", { _ = try store.namespaces() }),
                ("createNamespace", { try store.createNamespace("of the child") }),
                ("dropNamespace", { try store.dropNamespace("test") }),
                ("renameNamespace", { try store.renameNamespace("test", to: "of the child") }),
                ("setAttribute", { try namespace.setAttribute("name", to: "of the child") }),
                ("write", { try store.write { $0.put("key", "of the child", in: namespace) } }),
                ("metadata", { try store.metadata.put("key", "of the child") }),
                ("checkpoint", { try store.checkpoint(to: store.path.removingLastComponent().appending("c")) }),
                ("backup", { try store.backup(to: store.path.removingLastComponent().appending("b")) }),
                ("copy", { try store.copy(to: store.path.removingLastComponent().appending("d")) }),
            ]
            for (name, use) in uses { if let failure = refusal(name, use) { return failure } }
        case .opens:
            let (path, other) = (parts.path, parts.other)
            return refusal("open") { _ = try Store.open(at: path) }
                ?? refusal("open of another") { _ = try Store.open(at: other) }
                ?? refusal("inMemory") { _ = try Store.inMemory() }
                ?? refusal("repair") { _ = try Store.repair(at: path, to: other) }
                ?? refusal("backups") { _ = try Store.backups(in: other) }
                ?? refusal("verifyBackup") { try Store.verifyBackup(in: other) }
                ?? refusal("restore") { try Store.restore(from: path, to: other) }
                ?? refusal("purgeBackups") { try Store.purgeBackups(in: other, keeping: 1) }
        case .usesCursor:
            return refusal("cursor's next") { while let _ = try parts.entries?.next() {} }
        }
        return nil
    }

    private func refusal(_ name: StaticString, _ body: () throws -> Void) -> String? {
        currentUse = name
        defer { currentUse = "after the last use" }
        do {
            try body()
            return "\(name) did not throw"
        } catch let error as StoreError {
            guard error.code == .closed, error.description.contains("forked") else { return "\(name) threw \(error)" }
            return nil
        } catch { return "\(name) threw \(error)" }
    }
}

/// What the parent has when it forks.
struct ForkedParts {
    let path: FilePath
    /// A path where no store is.
    let other: FilePath
    var store: Store?
    var namespace: Namespace?
    var snapshot: Snapshot?
    var entries: Entries?

    mutating func letGo() { (entries, snapshot, namespace, store) = (nil, nil, nil, nil) }
}

/// Forks while other threads use the store, and says what a child did wrong or, where it did not end, that it hangs.
///
/// A child hangs in whatever Swift code it runs when it uses a generic type for the first time and the runtime's lock was
/// held as it was made, by a thread that did the same. So the threads have done all that they do once before the first
/// child is made.
func fork(_ use: ForkedUse, times: Int, at path: FilePath) throws {
    var configuration = StoreConfiguration()
    configuration.layout = ProcessInfo.processInfo.environment["KVSTORE_LAYOUT"].flatMap(Store.Layout.init)
    configuration.namespaceTuning.memtableSize = .mebibytes(1)
    configuration.walSyncInterval = .milliseconds(1)
    let store = try Store.open(at: path, configuration: configuration)
    let namespace = try store.namespace("test", createIfMissing: true)
    for number in 0..<1000 { try namespace.put("key \(number)", "value") }
    try namespace.put("key", "value")
    let isOver = DispatchSemaphore(value: 0)
    let isWarm = DispatchSemaphore(value: 0)
    let threads = (0..<3).map { number in
        let thread = Thread {
            for count in 0... {
                if isOver.wait(timeout: .now()) == .success { break }
                let name = "namespace \(number) \(count)"
                do {
                    try namespace.update { $0.put("updated \(number)", String(count)) }
                    try namespace.put("put \(number)", String(repeating: "x", count: 10_000), durability: .synced)
                    if count.isMultiple(of: 16) {
                        try store.createNamespace(name).put("key", "value")
                        try namespace.flush()
                        try store.dropNamespace(name)
                    }
                } catch { print("a thread of the parent: \(error)") }
                if count == 16 { isWarm.signal() }
            }
            isOver.signal()
        }
        thread.start()
        return thread
    }
    for _ in threads { isWarm.wait() }
    for round in 0..<times {
        var parts = ForkedParts(path: path, other: path.removingLastComponent().appending("other"))
        (parts.store, parts.namespace) = (store, namespace)
        parts.snapshot = try namespace.snapshot()
        parts.entries = namespace.entries()
        _ = try parts.entries?.next()
        if let failure = runForked(use, &parts) { print("round \(round): \(failure)") }
    }
    for _ in threads { isOver.signal() }
    while !threads.allSatisfy(\.isFinished) { usleep(1000) }
    guard try namespace.get("key") == Array("value".utf8) else { return print("the parent's value has changed") }
    try store.close()
    print("done")
}

/// What a child does at the moment, for the signal that comes when it hangs.
nonisolated(unsafe) private var currentUse: StaticString = "before the first use"

/// What the parent has printed and not written would be written by the child too.
private func runForked(_ use: ForkedUse, _ parts: inout ForkedParts) -> String? {
    fflush(nil)
    let child = systemFork()
    if child == 0 {
        signal(SIGALRM) { _ in
            write(1, currentUse.utf8Start, currentUse.utf8CodeUnitCount)
            write(1, ", ", 2)
            _exit(SIGALRM)
        }
        alarm(20)
        let failure = use.run(&parts)
        if let failure { print(failure) }
        exit(failure == nil ? 0 : 1)
    }
    var status: Int32 = 0
    // A child that hangs before it has set its alarm, which is within `fork`, is ended here.
    var patience = 60_000
    while waitpid(child, &status, WNOHANG) == 0 {
        guard patience > 0 else {
            kill(child, SIGKILL)
            waitpid(child, &status, 0)
            return "the child hangs in fork"
        }
        patience -= 1
        usleep(1000)
    }
    if status >> 8 == SIGALRM { return "hangs in the child" }
    return status == 0 ? nil : "the child's status is \(status)"
}

/// Swift marks `fork` as unavailable; programs written in C and their libraries have it.
private let systemFork: @convention(c) () -> pid_t = {
    guard let symbol = dlsym(nil, "fork") else { preconditionFailure("there is no fork") }
    return unsafeBitCast(symbol, to: (@convention(c) () -> pid_t).self)
}()
