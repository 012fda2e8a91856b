// Another process that has a store open: opens it, says so, and holds it until it reads a line. With a use and a
// number, it forks so often while it has the store open, and each child does that with it. With "changes", it writes to a
// namespace whose changes are kept, with a consumer that has seen half of them; with "unlogged", past the log of one in the
// end, and syncs that. With "namespaces" and two numbers, it lowers
// its limit of descriptors to the first, creates so many namespaces as the second says, and says how many are open at last
// and how many descriptors it has.
import Foundation
import KVStore
import SystemPackage

if CommandLine.arguments.count > 3, let use = ForkedUse(rawValue: CommandLine.arguments[2]) {
    do {
        try fork(use, times: Int(CommandLine.arguments[3]) ?? 1, at: FilePath(CommandLine.arguments[1]))
    } catch { print("failed: \(error)") }
    exit(0)
}

if CommandLine.arguments.count > 4, CommandLine.arguments[2] == "namespaces" {
    do { try createNamespaces() } catch { print("failed: \(error)") }
    exit(0)
}

do {
    var configuration = StoreConfiguration()
    configuration.layout = ProcessInfo.processInfo.environment["KVSTORE_LAYOUT"].flatMap(Store.Layout.init)
    let store = try Store.open(at: FilePath(CommandLine.arguments[1]), configuration: configuration)
    try store.namespace("from the other process", createIfMissing: true).put("key", "value")
    if CommandLine.arguments.dropFirst(2).first == "changes" { try writeChanges(store) }
    if CommandLine.arguments.dropFirst(2).first == "unlogged" { try writePastTheLog(store) }
    print("open")
    fflush(nil)
    _ = readLine()
    try store.close()
} catch {
    print("failed: \(error.code)")
}

func writeChanges(_ store: Store) throws(StoreError) {
    let orders = try store.createNamespace("orders", options: NamespaceOptions(changes: ChangeRetention()))
    let mailer = try orders.consumer("mailer")
    for number in 0..<100 {
        let receipt = try orders.put("\(number)", "value")
        if number == 49 { try mailer.acknowledge(receipt.sequence) }
        if number % 10 == 4 { try orders.flush() }
    }
}

func writePastTheLog(_ store: Store) throws(StoreError) {
    let orders = try store.createNamespace("orders", options: NamespaceOptions(changes: ChangeRetention()))
    try orders.put("logged", "value", durability: .synced)
    for number in 0..<3 { try orders.put("\(number)", "value", durability: .unlogged) }
    try orders.sync()
}

func createNamespaces() throws {
    var limits = rlimit()
    let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    getrlimit(kind, &limits)
    limits.rlim_cur = min(limits.rlim_max, rlim_t(CommandLine.arguments[3]) ?? 1024)
    setrlimit(kind, &limits)
    var configuration = StoreConfiguration()
    configuration.layout = .separateDatabases
    let store = try Store.open(at: FilePath(CommandLine.arguments[1]), configuration: configuration)
    for number in 0..<(Int(CommandLine.arguments[4]) ?? 0) {
        try store.createNamespace("\(number)").put("key", "value")
    }
    let open = try store.namespaceStatistics().count { $0.isOpen }
    let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    print(open, descriptors <= limits.rlim_cur ? "enough" : "too few")
    try store.close()
}
