// Another process that has a store open: opens it, says so, and holds it until it reads a line. With a use and a
// number, it forks so often while it has the store open, and each child does that with it. With "changes", it writes to a
// namespace whose changes are kept, with a consumer that has seen half of them.
import Foundation
import KVStore
import SystemPackage

if CommandLine.arguments.count > 3, let use = ForkedUse(rawValue: CommandLine.arguments[2]) {
    do {
        try fork(use, times: Int(CommandLine.arguments[3]) ?? 1, at: FilePath(CommandLine.arguments[1]))
    } catch { print("failed: \(error)") }
    exit(0)
}

do {
    var configuration = StoreConfiguration()
    configuration.layout = ProcessInfo.processInfo.environment["KVSTORE_LAYOUT"].flatMap(Store.Layout.init)
    let store = try Store.open(at: FilePath(CommandLine.arguments[1]), configuration: configuration)
    try store.namespace("from the other process", createIfMissing: true).put("key", "value")
    if CommandLine.arguments.dropFirst(2).first == "changes" { try writeChanges(store) }
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
