// Another process that has a store open: opens it, says so, and holds it until it reads a line. With a use and a
// number, it forks so often while it has the store open, and each child does that with it.
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
    print("open")
    fflush(nil)
    _ = readLine()
    try store.close()
} catch {
    print("failed: \(error.code)")
}
