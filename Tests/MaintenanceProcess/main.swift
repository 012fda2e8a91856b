// Another process for the maintenance tests: does one thing to a store until it is told to end, or killed.
import Foundation
import KVStore
import SystemPackage

let arguments = CommandLine.arguments
let path = FilePath(arguments[2])

func say(_ text: String) {
    print(text)
    fflush(nil)
}

/// Ends when nobody is there to end it.
func endIfAlone() {
    if getppid() == 1 { exit(1) }
}

extension StoreConfiguration {
    /// Memtables small enough that files come and go while somebody watches.
    static var busy: StoreConfiguration {
        var configuration = StoreConfiguration()
        configuration.layout = ProcessInfo.processInfo.environment["KVSTORE_LAYOUT"].flatMap(Store.Layout.init)
        configuration.namespaceTuning.memtableSize = .kibibytes(64)
        configuration.metadataTuning.memtableSize = .mebibytes(1)
        return configuration
    }
}

/// Writes the same rising number to "first" and then to "second", and as many entries, until killed.
func write() throws {
    let store = try Store.open(at: path, configuration: .busy)
    let first = try store.namespace("first", createIfMissing: true)
    let second = try store.namespace("second", createIfMissing: true)
    let filler = String(repeating: "x", count: 500)
    for number in 1..<Int.max {
        // Enough for files to come and go, not so much that reading all of it takes long.
        usleep(1000)
        endIfAlone()
        for namespace in [first, second] {
            try namespace.write { batch in
                batch.put("number", "\(number)")
                batch.put("entry/\(number)", filler)
            }
        }
        if number == 100 { say("writing") }
    }
}

/// Reads what is there through a handle of the kind that is asked for.
func read(_ access: StoreConfiguration.Access) throws {
    var configuration = StoreConfiguration.busy
    configuration.access = access
    let store = try Store.open(at: path, configuration: configuration)
    for info in try store.namespaces() {
        let entries = try store.namespace(info.name).entries().collect()
        say("\(info.name): \(entries.count)")
    }
    try store.close()
    say("end")
}

/// Makes numbered copies of the store, until killed.
func repeatedly(_ body: (Store, Int) throws -> Void) throws {
    let store = try Store.open(at: path, configuration: .busy)
    let namespace = try store.namespace("first", createIfMissing: true)
    for number in 0..<Int.max {
        endIfAlone()
        try namespace.put("number", "\(number)")
        try body(store, number)
        say("made \(number)")
    }
}

/// Deletes a range among every ten puts, in memtables that are never full, and looks whether all is as it should be:
/// keys that count, of several kinds, with ranges that begin within them. What the engine does not survive ends this
/// process.
func deleteRanges(_ ways: [(Namespace, WriteBatch) throws -> Void]) throws {
    let store = try Store.open(at: path)
    for (index, commit) in ways.enumerated() {
        for namespace in [try store.namespace("first-\(index)", createIfMissing: true), store.metadata] {
            var expected: Set<String> = []
            for number in 0..<2000 {
                let kind = ["M:", "SI:stream-\(number % 7):", "long/kind/of/key/"][number % 3]
                let digits = String(100_000_000 + number)
                var batch = WriteBatch()
                batch.put(kind + digits, "value")
                expected.insert(kind + digits)
                if number % 10 == 9 {
                    let (lower, upper) = (
                        kind + String(100_000_000 + number - 40), kind + String(100_000_000 + number - 3)
                    )
                    batch.deleteRange(KeyRange(from: lower, to: upper))
                    expected = expected.filter { $0 < lower || $0 >= upper }
                }
                try commit(namespace, batch)
            }
            let found = try namespace.entries().collect().map { String(decoding: $0.key, as: UTF8.self) }
            guard found == expected.sorted() else { return say("wrong: \(found.count) of \(expected.count)") }
            if namespace.name != "metadata" { say("\(namespace.name): \(found.count)") }
            try store.metadata.deleteRange(.all)
        }
    }
    say("end")
}

/// Makes backups in a folder on a small disk until it is full, and then goes on with less.
func fillBackups(_ folder: FilePath) throws {
    let store = try Store.open(at: path, configuration: .busy)
    let namespace = try store.namespace("first", createIfMissing: true)
    func put(_ name: String, bytes: Int) throws {
        var random = SystemRandomNumberGenerator()
        try namespace.put(name, (0..<bytes).map { _ in UInt8.random(in: 0...255, using: &random) })
        try namespace.flush()
    }
    func report() throws {
        let numbers = try Store.backups(in: folder).map(\.number)
        for number in numbers { try Store.verifyBackup(number, in: folder) }
        say("whole: \(numbers)")
    }
    try put("small", bytes: 500_000)
    try store.backup(to: folder)
    try report()
    let entries = try Store.backups(in: folder).map(\.fileCount)
    try put("large", bytes: 4_000_000)
    do {
        try store.backup(to: folder)
        say("there was space")
    } catch {
        say("failed: \(error.code) \(error.operation)")
    }
    try report()
    say("as before: \(try Store.backups(in: folder).map(\.fileCount) == entries)")
    try namespace.delete("large")
    try namespace.compact()
    try store.backup(to: folder)
    try report()
    try store.close()
}

/// Makes a store in memory and ends, or waits to be killed, without closing it.
func stayInMemory(_ ending: String) throws -> Never {
    let store = try Store.inMemory()
    say(store.path.string)
    try store.createNamespace("test").put("key", "value", durability: .unlogged)
    if ending == "exit" {
        say("ending")
        exit(0)
    }
    while true {
        endIfAlone()
        usleep(10_000)
    }
}

/// Commits to "fast", or in capitals to "plain", what a script says, a letter a commit, tells how that ended, and waits
/// to be killed. The keys are the number of the round and the place in the script.
func commit(_ script: String, round: String) throws -> Never {
    var configuration = StoreConfiguration.busy
    // Large enough that only the script flushes.
    configuration.namespaceTuning.memtableSize = .mebibytes(4)
    configuration.walSyncInterval = .milliseconds(20)
    let store = try Store.open(at: path, configuration: configuration)
    let fast = try store.namespace("fast", createIfMissing: true)
    let plain = try store.namespace("plain", createIfMissing: true)
    for (index, letter) in script.enumerated() {
        let namespace = letter.isUppercase ? plain : fast
        let key = "\(round)/\(index)"
        switch letter.lowercased() {
        case "b": try namespace.put(key, "value", durability: .buffered)
        case "s": try namespace.put(key, "value", durability: .synced)
        case "u": for number in 0..<50 { try namespace.put("\(key)/\(number)", "value", durability: .unlogged) }
        case "t": try namespace.transaction { try $0.put(key, "value") }
        case "d": try namespace.update { $0.put(key, "value") }
        case "i": try namespace.ingest([(key: key, value: "value"), (key: key + "/", value: "value")])
        case "f": try namespace.flush()
        case "r": try namespace.reopen()
        // Longer than the syncer waits.
        case "w": usleep(60_000)
        default: try store.sync()
        }
    }
    say("done")
    while true {
        endIfAlone()
        usleep(10_000)
    }
}

/// Uses stores by relative paths while the working folder changes: `a`, where they are, and `b`, where others of the
/// same names are.
func wander() async throws {
    let store = try beginWandering()
    try await store.copy(to: "./copy-2")
    try await store.backup(to: "backups")
    say("backups: \(try await Store.backups(in: "backups").map(\.number))")
    try await Store.verifyBackup(in: "backups")
    try await store.close()
    try await Store.restore(1, from: "backups", to: "restored-1")
    var names = ["data", "copy", "copy-2", "restored", "restored-1"]
    if store.layout == .separateDatabases {
        try await Store.repair(at: "copy", to: "repaired-1", configuration: .busy)
        names += ["repaired-1", "repaired"]
    }
    try endWandering(names)
    let opened = try await Store.open(at: "a/data", configuration: .busy)
    try await opened.close()
    try failNowhere()
}

func enter(_ name: String) throws {
    guard chdir(path.appending(name).string) == 0 else { throw NoFolder() }
}

struct NoFolder: Error {}

func beginWandering() throws -> Store {
    var configuration = StoreConfiguration.busy
    configuration.maxOpenNamespaces = 1
    try enter("a")
    let store = try Store.open(at: "data", configuration: configuration)
    say(store.path.string)
    try enter("b")
    for name in ["first", "second", "third"] {
        let namespace = try store.createNamespace(name)
        try namespace.put("key", name)
        try namespace.flush()
        try namespace.ingest([(key: "loaded", value: name)])
    }
    try store.namespace("first").reopen()
    try store.dropNamespace("third")
    try enter("a")
    try store.checkpoint(to: "copy")
    try store.backup(to: "x/../backups")
    return store
}

func endWandering(_ names: [String]) throws {
    try Store.restore(from: "backups", to: "../a/restored")
    if names.contains("repaired") { try Store.repair(at: "copy", to: "repaired", configuration: .busy) }
    try Store.purgeBackups(in: "backups", keeping: 1)
    for name in names {
        try enter("a")
        let store = try Store.open(at: FilePath(name), configuration: .busy)
        try enter("b")
        let found = try ["first", "second"].map { try store.namespace($0).entries().collect().count }
        say("\(name): \(try store.namespaces().count) \(found)")
        try store.close()
    }
    try enter(".")
}

/// In a working folder that is gone.
func failNowhere() throws {
    let gone = path.appending("gone")
    guard mkdir(gone.string, 0o755) == 0, chdir(gone.string) == 0, rmdir(gone.string) == 0 else { throw NoFolder() }
    do {
        _ = try Store.open(at: "data", configuration: .busy)
        say("opened nowhere")
    } catch {
        say("\(error.code): \(error.message)")
    }
    try Store.open(at: path.appending("a/data"), configuration: .busy).close()
    say("end")
}

/// Restores the newest backup to numbered paths, each as soon as the other process that does so can be at the same.
func restoreTogether(_ folder: FilePath, rounds: Int) {
    for round in 0..<rounds {
        let target = path.appending("restored-\(round)")
        // Whoever comes first waits a little for the other.
        let mine = path.appending("round-\(round)-\(getpid())").string
        close(open(mine, O_CREAT | O_WRONLY, 0o644))
        for _ in 0..<2000 {
            let there = (try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []
            if there.count(where: { $0.hasPrefix("round-\(round)-") }) == 2 { break }
            usleep(500)
        }
        do {
            try Store.restore(from: folder, to: target)
            say("made \(round)")
        } catch {
            say("\((error as StoreError).code) \(round)")
        }
    }
}

/// Opens new stores while the process has fewer and fewer descriptors left.
func openWithFewDescriptors() throws {
    var limit = rlimit(rlim_cur: 128, rlim_max: 128)
    guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return say("?") }
    for left in 0..<40 {
        var taken: [Int32] = []
        while case let descriptor = dup(0), descriptor >= 0 { taken.append(descriptor) }
        for descriptor in taken.suffix(left) { close(descriptor) }
        let target = path.appending("above-\(left)/store")
        var outcome = "opened"
        do {
            try Store.open(at: target, configuration: .busy).close()
        } catch {
            outcome = "failed"
        }
        for descriptor in taken.dropLast(left) { close(descriptor) }
        let above = target.removingLastComponent()
        let isThere = FileManager.default.fileExists(atPath: above.string)
        say("\(left) \(outcome): \(isThere ? "there" : "nothing")")
    }
    say("end")
}

do {
    switch arguments[1] {
    case "wander": try await wander()
    case "restore-together": restoreTogether(FilePath(arguments[3]), rounds: Int(arguments[4]) ?? 0)
    case "few-descriptors": try openWithFewDescriptors()
    case "open":
        _ = try Store.open(at: path, configuration: .busy)
        say("opened")
    case "commit": try commit(arguments[3], round: arguments[4])
    case "write": try write()
    case "read": try read(.readOnly)
    case "follow": try read(.follower)
    case "delete-ranges":
        try deleteRanges([
            { try $0.commit($1) },
            { (namespace, batch) in
                for write in batch.writes {
                    switch write {
                    case .put(let key, let value): try namespace.put(key, value)
                    case .deleteRange(let lower, let upper): try namespace.deleteRange(KeyRange(from: lower, to: upper))
                    default: break
                    }
                }
            },
        ])
        // As a crash would: what was written is in the log alone.
        _exit(0)
    case "write-for-exchange":
        try writeForExchange()
        // As a crash would: the last commits are in the log alone.
        _exit(0)
    case "read-for-exchange": try readForExchange()
    case "engine": say(try EngineInfo.current().version)
    case "checkpoint": try repeatedly { try $0.checkpoint(to: FilePath(arguments[3]).appending("copy-\($1)")) }
    case "backup": try repeatedly { store, _ in _ = try store.backup(to: FilePath(arguments[3])) }
    case "fill-backups": try fillBackups(FilePath(arguments[3]))
    case "in-memory": try stayInMemory(arguments[2])
    default: say("unknown: \(arguments[1])")
    }
} catch {
    say("failed: \(error)")
}
