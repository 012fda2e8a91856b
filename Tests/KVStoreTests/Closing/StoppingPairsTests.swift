import Foundation
import Synchronization
import SystemPackage
import Testing

@testable import KVStore

/// Each two calls that stop namespaces at the same time, while other threads make every kind of call. All must return.
@Suite("Calls that stop namespaces, each two at once and beside every other call", .serialized)
struct StoppingPairsTests {
    /// A store with namespaces that calls are made to, and others that come and go.
    private struct Scene: Sendable {
        let store: Store
        let folder: FilePath
        let namespaces: [Namespace]
        let name: String
        let isOver = Flag()

        func namespace(_ random: inout SeededRandom) -> Namespace { namespaces.randomElement(using: &random)! }

        /// A place for a copy, another each time.
        func target(_ random: inout SeededRandom) -> FilePath {
            folder.appending("copy-\(name)-\(UInt32.random(in: 0...(.max), using: &random))")
        }
    }

    private typealias Stopper = (name: String, stop: @Sendable (Scene, inout SeededRandom) throws -> Void)

    private static let stoppers: [Stopper] = [
        ("reopen", { scene, random in try scene.namespace(&random).reopen() }),
        ("reopen of the metadata", { scene, _ in try scene.store.metadata.reopen() }),
        ("backup", { scene, random in try scene.store.backup(to: scene.target(&random)) }),
        ("checkpoint", { scene, random in try scene.store.checkpoint(to: scene.target(&random)) }),
        (
            "copy",
            { scene, random in
                try scene.store.copy(
                    to: scene.target(&random),
                    layout: scene.store.layout == .singleDatabase
                        ? .separateDatabases : .singleDatabase)
            }
        ),
        (
            "create and drop",
            { scene, random in
                // In a single database with as many new ones as it takes: the database is opened anew first.
                let name = "brief \(scene.name) \(UInt32.random(in: 0...(.max), using: &random))"
                let brief = try scene.store.createNamespace(name)
                try brief.put("key", "value")
                try scene.store.dropNamespace(name)
            }
        ),
        (
            "evict",
            { scene, random in
                // More than may be open: each is closed for another.
                for namespace in scene.namespaces.shuffled(using: &random) { try namespace.put("evicting", "value") }
            }
        ),
        ("compact", { scene, random in try scene.namespace(&random).compact() }),
        ("verify", { scene, _ in _ = try scene.store.verify() }),
        ("flush", { scene, random in try scene.namespace(&random).flush() }),
        (
            "first transaction and range deletion",
            { scene, random in
                let name = "fresh \(scene.name) \(UInt32.random(in: 0...(.max), using: &random))"
                let fresh = try scene.store.createNamespace(name)
                try scene.store.write { $0.put("key", "value", in: fresh) }
                try fresh.transaction { try $0.put("key", "value") }
                try fresh.deleteRange(.prefix("k"))
                try scene.store.dropNamespace(name)
            }
        ),
        (
            "tuning",
            { scene, random in try scene.namespace(&random).setTuning(scene.store.configuration.namespaceTuning) }
        ),
        ("sync", { scene, _ in try scene.store.sync() }),
    ]

    /// What stops something itself has its place above.
    private static let leftOut: Set<String> = ["reopen", "compact", "verify", "flush", "setTuning"]

    private static let calls = usesOfANamespace.filter { !leftOut.contains($0.name) && metadataTakes($0.name) }
    private static let asyncCalls = asyncUsesOfANamespace.filter {
        !leftOut.contains($0.name) && metadataTakes($0.name) && !$0.name.hasPrefix("changes")
    }

    /// Whether another thread's stop explains the failure of a call: it says so itself, and can be done again.
    private static func isExplained(_ error: any Error, closing: Bool = false) -> Bool {
        guard let error = error as? StoreError else { return false }
        switch error.code {
        case .conflict: return true
        case .busy: return error.message.contains("reopened") || error.message.contains("descriptor")
        case .closed: return closing || error.message.contains("reopened")
        case .alreadyOpen: return error.operation == .reopen && error.message.contains("in use by")
        case .invalidArgument: return error.message.contains("the application's metadata is")
        default: return false
        }
    }

    private static func tolerating(_ closing: Bool = false, _ body: () throws -> Void) throws {
        do { try body() } catch { if !isExplained(error, closing: closing) { throw error } }
    }

    /// Starts threads that make calls of every kind until the scene is over.
    private func startCallers(_ threads: WatchedThreads, _ scene: Scene, _ random: SeededRandom, closing: Bool = false)
    {
        for number in 0..<2 {
            var random = random
            for _ in 0...number { _ = random.next() }
            threads.start("calls \(number)") { [random] thread in
                var random = random
                while !scene.isOver.isSet {
                    let (name, use) = Self.calls.randomElement(using: &random)!
                    let namespace = scene.namespace(&random)
                    try Self.tolerating(closing) { try thread.call(name) { try use(namespace) } }
                }
            }
        }
        var asyncRandom = random
        asyncRandom = SeededRandom(seed: asyncRandom.next())
        threads.start("async calls") { [asyncRandom] thread in
            var random = asyncRandom
            while !scene.isOver.isSet {
                let (name, use) = Self.asyncCalls.randomElement(using: &random)!
                let namespace = scene.namespace(&random)
                try Self.tolerating(closing) { try thread.asyncCall("async \(name)") { try await use(namespace) } }
            }
        }
        threads.start("nested calls") { [random] thread in
            var random = random
            while !scene.isOver.isSet {
                let (one, two) = (scene.namespace(&random), scene.namespace(&random))
                let order = Bool.random(using: &random) ? [one, two] : [two, one]
                try Self.tolerating(closing) {
                    try thread.call("update with calls inside") {
                        try one.update { update in
                            update.put("number", "1")
                            _ = try two.get("key")
                            try two.put("key", "value")
                        }
                    }
                }
                try Self.tolerating(closing) {
                    try thread.call("transaction with calls inside") {
                        try one.transaction {
                            try $0.put("number", "2")
                            try two.put("key", "value")
                        }
                    }
                }
                try Self.tolerating(closing) {
                    try thread.call("write to several") {
                        _ = try scene.store.write { batch in
                            for namespace in scene.store.layout == .singleDatabase ? order : [one] {
                                batch.put("number", "3", in: namespace)
                            }
                        }
                    }
                }
                try Self.tolerating(closing) {
                    try thread.call("cursor beside calls") {
                        var cursor = try one.cursor()
                        while try cursor.next() { _ = try two.contains("key") }
                    }
                }
                try Self.tolerating(closing) {
                    _ = try thread.call("synced put") { try two.put("key", "value", durability: .synced) }
                    _ = try thread.call("statistics") { try scene.store.namespaceStatistics() }
                }
            }
        }
    }

    private static var configuration: StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        configuration.maxOpenNamespaces = 3
        configuration.walSyncInterval = .milliseconds(5)
        return configuration
    }

    private func makeScene(_ store: Store, _ folder: FilePath, _ name: String) throws -> Scene {
        let namespaces = try (0..<4).map {
            try store.namespace("n\($0)", createIfMissing: true, options: .withChanges)
        }
        if let shared = store.storage as? SharedDatabase {
            _ = try shared.database()
            shared.recentLimit = 6
        }
        return Scene(store: store, folder: folder, namespaces: namespaces + [store.metadata], name: name)
    }

    private func start(
        _ stopper: Stopper, _ number: Int, _ threads: WatchedThreads, _ scene: Scene, _ random: SeededRandom,
        left: Counter, closing: Bool = false
    ) {
        threads.start("stop \(number)") { thread in
            defer { if left.countDown() { scene.isOver.set() } }
            var random = random
            for _ in 0..<2 {
                try Self.tolerating(closing) { try thread.call(stopper.name) { try stopper.stop(scene, &random) } }
            }
        }
    }

    private final class Counter: Sendable {
        private let value: Atomic<Int>

        init(_ value: Int) { self.value = Atomic(value) }

        /// Whether it is the last.
        func countDown() -> Bool { value.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 }
    }

    /// Thirteen groups of four in which each two of thirteen stoppers come together once, and one meets itself: the
    /// differences of 0, 1, 3 and 9 are all the numbers below thirteen, each once.
    private static var groups: [[Int]] {
        #expect(stoppers.count == 13)
        return (0..<13).map { first in [first, first] + [1, 3, 9].map { (first + $0) % 13 } }
    }

    @Test("All return, whichever two stop")
    func pairs() throws {
        var random = SeededRandom(test: "pairs of stops")
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder.appending("store"), configuration: Self.configuration)
            for (round, group) in Self.groups.enumerated() {
                let scene = try makeScene(store, folder, "\(round)")
                let (threads, left) = (WatchedThreads(), Counter(group.count))
                let stoppers = group.map { Self.stoppers[$0] }
                for (number, stopper) in stoppers.enumerated() {
                    start(stopper, number, threads, scene, SeededRandom(seed: random.next()), left: left)
                }
                startCallers(threads, scene, SeededRandom(seed: random.next()))
                try threads.wait(within: 600, stoppers.map(\.name).joined(separator: ", "))
            }
            try store.close()
            try withStore(at: folder.appending("store")) { _ = try $0.verify() }
        }
    }

    @Test("All return when the store is closed meanwhile, whatever stops")
    func closing() throws {
        var random = SeededRandom(test: "stops beside close")
        try withTemporaryFolder { folder in
            for (number, stopper) in Self.stoppers.enumerated() {
                let store = try Store.open(at: folder.appending("store"), configuration: Self.configuration)
                let scene = try makeScene(store, folder, "\(number)")
                let (threads, left) = (WatchedThreads(), Counter(2))
                start(stopper, 0, threads, scene, SeededRandom(seed: random.next()), left: left, closing: true)
                startCallers(threads, scene, SeededRandom(seed: random.next()), closing: true)
                let pause = UInt32.random(in: 0...30_000, using: &random)
                threads.start("close") { thread in
                    defer { if left.countDown() { scene.isOver.set() } }
                    usleep(pause)
                    try thread.call("close") { try store.close() }
                }
                try threads.wait(within: 600, "\(stopper.name) beside close:")
            }
        }
    }

    @Test("All return of a follower that catches up, reopens and verifies beside its writer")
    func follower() throws {
        var random = SeededRandom(test: "stops of a follower")
        try withTemporaryFolder { folder in
            let writer = try Store.open(at: folder.appending("store"), configuration: Self.configuration)
            let written = try makeScene(writer, folder, "written")
            for namespace in written.namespaces { try namespace.put("key", "value") }
            var configuration = Self.configuration
            configuration.access = .follower
            let store = try Store.open(at: folder.appending("store"), configuration: configuration)
            let names = written.namespaces.dropLast().map(\.name)
            let namespaces = try names.map { try store.namespace($0) } + [store.metadata]
            let scene = Scene(store: store, folder: folder, namespaces: namespaces, name: "follower")
            let (threads, left) = (WatchedThreads(), Counter(4))
            let stoppers: [Stopper] = [
                ("catchUp", { scene, _ in try scene.store.catchUp() }),
                ("catchUp again", { scene, _ in try scene.store.catchUp() }),
                ("reopen", { scene, random in try scene.namespace(&random).reopen() }),
                ("verify", { scene, _ in _ = try scene.store.verify() }),
            ]
            for (number, stopper) in stoppers.enumerated() {
                let seed = random.next()
                threads.start("stop \(number)") { thread in
                    defer { if left.countDown() { scene.isOver.set() } }
                    var random = SeededRandom(seed: seed)
                    for round in 0..<8 {
                        try written.namespaces[round % 4].put("\(number)", "\(round)")
                        do {
                            try thread.call(stopper.name) { try stopper.stop(scene, &random) }
                        } catch let error as StoreError where [.busy, .closed].contains(error.code) {}
                    }
                }
            }
            let reads = Self.calls.filter {
                ["get", "getMany", "entries", "cursor", "contains", "statistics"].contains($0.name)
            }
            for number in 0..<3 {
                let seed = random.next()
                threads.start("reads \(number)") { thread in
                    var random = SeededRandom(seed: seed)
                    while !scene.isOver.isSet {
                        let (name, use) = reads.randomElement(using: &random)!
                        do {
                            try thread.call(name) { try use(scene.namespace(&random)) }
                        } catch let error as StoreError
                            where [.busy, .closed, .invalidArgument].contains(error.code)
                        {}
                    }
                }
            }
            try threads.wait(within: 600, "a follower:")
            try store.close()
            try writer.close()
        }
    }
}
