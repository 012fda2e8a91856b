import Foundation
import KVStore
import SystemPackage

// A store of a little of everything, which another build of the library, over another engine, opens.

/// Makes the store, and leaves the last of it in the log alone.
func writeForExchange() throws {
    let store = try Store.open(at: path, configuration: .busy)
    try store.metadata.put("written by", try EngineInfo.current().version)
    let plain = try store.createNamespace("plain")
    let merging = try store.createNamespace("merging", options: NamespaceOptions(mergeOperator: .add64))
    let expiring = try store.createNamespace("expiring", options: NamespaceOptions(timeToLive: .seconds(100_000_000)))
    try store.createNamespace("dropped").put("key", "value")
    for round in 0..<3 {
        for number in 0..<400 {
            try plain.put("key/\(number)", "value \(number) of round \(round)")
            try merging.merge("sum/\(number % 10)", MergeOperator.number(Int64(number)))
            try expiring.put("key/\(number)", "value \(round)")
        }
        try plain.deleteRange(KeyRange("key/2"..<"key/3"))
        for namespace in [plain, merging, expiring] where round < 2 { try namespace.flush() }
        if round == 0 { try plain.compact() }
    }
    try plain.ingest((0..<100).map { (key: "loaded/\(1000 + $0)", value: "value \($0)") })
    try plain.transaction { try $0.put("transaction", "committed") }
    try store.dropNamespace("dropped")
    try goOn(store, as: "first")
}

/// Reads the store, says what is in it, and writes on.
func readForExchange() throws {
    let store = try Store.open(at: path, configuration: .busy)
    try say(sum(of: store))
    _ = try store.verify()
    try goOn(store, as: "second")
    for name in ["plain", "merging", "expiring"] { try store.namespace(name).compact() }
    try say(sum(of: store))
    try store.close()
}

private func goOn(_ store: Store, as name: String) throws {
    for number in 0..<50 { try store.namespace("plain").put("\(name)/\(number)", name) }
    try store.namespace("merging").merge("sum/0", MergeOperator.number(1))
    try store.createNamespace(name).put("key", name)
}

/// What is read of each namespace, in short.
private func sum(of store: Store) throws -> String {
    try store.namespaces().sorted { $0.name < $1.name }.map { info in
        var (count, hash): (Int, UInt64) = (0, 0xcbf2_9ce4_8422_2325)
        for entry in try store.namespace(info.name).entries().collect() {
            count += 1
            for byte in entry.key + [0] + entry.value { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return "\(info.name) \(count) \(String(hash, radix: 16))"
    }.joined(separator: ", ")
}
