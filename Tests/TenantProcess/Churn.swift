import Glibc
import KVStore
import SystemPackage

/// One store and the threads that churn its namespaces.
final class Churn: Sendable {
    private let folder: FilePath
    private let threads: Int
    private let names: [String]
    private let seed: UInt64

    init(_ folder: FilePath, threads: Int, names: Int, seed: UInt64) {
        self.folder = folder
        self.threads = threads
        self.names = (0..<names).map { "name/\($0)" }
        self.seed = seed
    }

    /// What is left of namespaces: folders, or table files in the one of all.
    var filesLeft: Int {
        let single = layout == .singleDatabase
        return ProcessCounts.count(folder.appending("namespaces").string) { !single || $0.hasSuffix(".sst") }
    }

    private var layout: Store.Layout {
        getenv("KVSTORE_LAYOUT").flatMap { Store.Layout(rawValue: String(cString: $0)) } ?? .separateDatabases
    }

    /// Churns for so long, drops what is left, and closes the store.
    func run(seconds: Double) throws -> History {
        var configuration = StoreConfiguration()
        configuration.layout = layout
        configuration.maxOpenNamespaces = 3
        configuration.namespaceTuning.memtableSize = .mebibytes(1)
        configuration.metadataTuning.memtableSize = .mebibytes(1)
        configuration.blockCache = .shared(.mebibytes(8))
        let store = try Store.open(at: folder, configuration: configuration)
        let end = now() + UInt64(seconds * 1e9)
        let churners = (0..<threads).map { Churner(store, names, seed: seed &* 1000 &+ UInt64($0), until: end) }
        let running = churners.map { churner in StartedThread { churner.run() } }
        for thread in running { thread.join() }
        for info in try store.namespaces() { try store.dropNamespace(info.name) }
        // The files go in the background.
        let patience = now() + 60_000_000_000
        while filesLeft > 0, now() < patience { usleep(10_000) }
        try store.close()
        return History(churners.flatMap(\.events))
    }
}

func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// One thread's part: which name and which call, by its own random numbers.
final class Churner: @unchecked Sendable {  // used by its thread, and read when that has ended
    private let store: Store
    private let names: [String]
    private var random: SplitMix
    private let end: UInt64
    /// Got earlier, and possibly dropped since.
    private var held: [String: Namespace] = [:]
    private(set) var events: [Event] = []

    init(_ store: Store, _ names: [String], seed: UInt64, until end: UInt64) {
        self.store = store
        self.names = names
        self.end = end
        random = SplitMix(state: seed)
    }

    func run() {
        while now() < end { step(names[Int.random(in: 0..<names.count, using: &random)]) }
        held = [:]
    }

    private func step(_ name: String) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<2:
            note(name) {
                let namespace = try store.createNamespace(name)
                held[name] = namespace
                return .created(namespace.id)
            } failing: {
                $0 == .namespaceExists ? .existed : nil
            }
        case 2:
            note(name) {
                try store.dropNamespace(name)
                return .dropped
            } failing: {
                $0 == .namespaceNotFound ? .missing : nil
            }
        case 3..<7:
            note(name) {
                let namespace = try store.namespace(name)
                held[name] = namespace
                return .found(namespace.id)
            } failing: {
                $0 == .namespaceNotFound ? .missing : nil
            }
        default: break
        }
        guard let namespace = held[name] else { return }
        note(name) {
            try use(namespace)
            return .used(namespace.id)
        } failing: {
            $0 == .namespaceNotFound ? .gone(namespace.id) : nil
        }
    }

    /// Writes and reads; what is read must be this incarnation's.
    private func use(_ namespace: Namespace) throws {
        let owner = "\(namespace.id)"
        switch Int.random(in: 0..<4, using: &random) {
        case 0: try namespace.put("owner", owner)
        case 1: try namespace.update { $0.put("owner", owner) }
        case 2:
            let found = try namespace.get("owner")
            if let found, found != Array(owner.utf8) { throw Mixed(id: namespace.id) }
        default:
            let entries = try namespace.entries().collect()
            if let first = entries.first, first.value != Array(owner.utf8) { throw Mixed(id: namespace.id) }
        }
    }

    private func note(
        _ name: String, _ call: () throws -> Event.Outcome, failing: (StoreError.Code) -> Event.Outcome?
    ) {
        let start = now()
        let outcome: Event.Outcome
        do {
            outcome = try call()
        } catch let error as StoreError {
            outcome = failing(error.code) ?? .failed("\(error)")
        } catch {
            outcome = .failed("\(error)")
        }
        events.append(Event(name: name, start: start, end: now(), outcome: outcome))
    }
}

/// A namespace held what another incarnation of its name was given.
struct Mixed: Error {
    let id: UInt64
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A thread to wait for.
final class StartedThread: @unchecked Sendable {  // `thread` is written before it is shared
    private var thread = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Body(body)).toOpaque()
        let status = pthread_create(
            &thread, nil,
            {
                if let context = $0 { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context)
        precondition(status == 0, "no thread")
    }

    func join() { pthread_join(thread, nil) }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
