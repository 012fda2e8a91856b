internal import Foundation
internal import KVStore
internal import SystemPackage

/// Takes care of the store.
final class StressKeeper: StressThread, @unchecked Sendable {  // used by one thread
    private let number: Int
    private var copies = 0

    init(_ stress: Stress, _ number: Int) {
        self.number = number
        super.init(stress, "keeper", number)
    }

    func run() {
        while !isOver {
            step()
            if !isOver { Clock.sleep(milliseconds: number(0..<4)) }
        }
    }

    private func step() {
        let store = store
        let name = (Stress.names + [Stress.merging])[number(0..<Stress.names.count + 1)]
        guard let namespace = call("namespace", { try store.namespace(name) }) else { return }
        let isAsync = isAsync()
        switch number(0..<16) {
        case 0:
            copy("checkpoint", isAsync) {
                try store.checkpoint(to: $0)
            } _: {
                try await store.checkpoint(to: $0)
            }
        case 1:
            copy("copy", isAsync) {
                try store.copy(to: $0)
            } _: {
                try await store.copy(to: $0)
            }
        case 2:
            let other: Store.Layout =
                stress.layout == .singleDatabase ? .separateDatabases : .singleDatabase
            copy("conversion", isAsync) {
                try store.copy(to: $0, layout: other)
            } _: {
                try await store.copy(to: $0, layout: other)
            }
        case 3:
            copy("backup", isAsync) {
                _ = try store.backup(to: $0)
            } _: {
                _ = try await store.backup(to: $0)
            }
        case 4:
            if isAsync {
                call("async verify") { _ = try waiting { try await store.verify() } }
            } else {
                call("verify") { _ = try store.verify() }
            }
        case 5, 6:
            if isAsync {
                call("async compact") { try waiting { try await namespace.compact() } }
            } else {
                call("compact") { try namespace.compact() }
            }
        case 7, 8, 9:
            let codes: Set<String> = stress.holds ? ["alreadyOpen", "busy"] : []
            if isAsync {
                call("async reopen", allowing: codes) { try waiting { try await namespace.reopen() } }
            } else {
                call("reopen", allowing: codes) { try namespace.reopen() }
            }
        case 10: call("statistics") { _ = try namespace.statistics() }
        case 11: call("namespaces") { _ = try store.namespaces() }
        case 12: call("attribute") { try namespace.setAttribute("keeper", to: "\(number)") }
        case 13: call("metadata put") { try store.metadata.put("keeper", "\(number)") }
        case 14: call("store sync") { try store.sync() }
        default: call("verify a namespace") { _ = try namespace.verify() }
        }
    }

    private func copy(
        _ what: String, _ isAsync: Bool, _ body: (FilePath) throws -> Void,
        _ asyncBody: @escaping @Sendable (FilePath) async throws -> Void
    ) {
        copies += 1
        let target = FilePath("\(stress.path)-\(number)-\(copies)")
        defer { try? FileManager.default.removeItem(atPath: target.string) }
        if isAsync {
            call("async \(what)") { try waiting { try await asyncBody(target) } }
        } else {
            call(what) { try body(target) }
        }
    }
}
