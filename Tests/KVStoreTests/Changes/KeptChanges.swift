import Foundation
import SystemPackage

@testable import KVStore

extension NamespaceOptions {
    /// Changes are kept as the library proposes.
    static var withChanges: NamespaceOptions { NamespaceOptions(changes: ChangeRetention()) }

    /// Changes are kept up to 1 MiB, which is one log of ``fill(_:_:)``.
    static var withFewChanges: NamespaceOptions { NamespaceOptions(changes: ChangeRetention(upTo: .mebibytes(1))) }
}

/// The keys that were put in the next changes, one for each.
func nextKeys(_ count: Int, of changes: Changes) async throws -> [String] {
    var keys: [String] = []
    guard count > 0 else { return keys }
    for try await change in changes {
        for case .put(let key, _) in change.writes { keys.append(String(decoding: key, as: UTF8.self)) }
        if keys.count >= count { break }
    }
    return keys
}

/// Puts keys that begin so, with values that come to more than 1 MiB, and has them leave the memtable, and so the log that
/// recovery needs.
@discardableResult
func fill(_ namespace: Namespace, _ prefix: String) async throws -> [String] {
    let keys = (0..<4).map { "\(prefix)\($0)" }
    for key in keys { try await namespace.put(key, [UInt8](repeating: 7, count: 300 << 10)) }
    try await namespace.flush()
    return keys
}

extension Store {
    /// The logs that are kept for changes of a namespace, the oldest first.
    func keptLogs(of id: UInt64 = 1) -> [String] {
        let folder = path.database(of: id).appending("archive")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
        return names.filter { $0.hasSuffix(".log") }.sorted()
    }
}

/// Waits until something holds, for ten minutes at most.
func inTheEnd(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<60_000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
