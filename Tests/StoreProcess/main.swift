// Another process that has a store open: opens it, says so, and holds it until it reads a line.
import Foundation
import KVStore
import SystemPackage

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
