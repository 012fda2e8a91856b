internal import Foundation
internal import Glibc
internal import KVStore
internal import Synchronization
internal import SystemPackage

/// A real store in a folder, which does each operation and says what it led to.
package final class System {
    let setup: Setup
    var folder: FilePath
    let base: FilePath
    let clock = ManualClock()
    var store: Store
    var namespaces: [Namespace?] = []
    /// Which of the namespaces that have had its name each one is.
    var creations: [Int]
    var creationCount = 0
    var cursors: [Int: CursorBox] = [:]
    var snapshots: [Int: Snapshot] = [:]
    var snapshotNamespaces: [Int: Int] = [:]
    var pins: [Int: PinBox] = [:]
    var marks: [Int: Mark] = [:]
    var readers: [ReaderKey: Reader] = [:]
    var follower: Store?
    var copies = 0
    /// The namespaces that have their other name.
    var renamed: Set<Int> = []
    /// Where backups of the store go.
    var backups: FilePath
    /// What the last error said.
    package private(set) var lastError = ""

    struct Mark {
        let namespace: Int
        let creation: Int
        let sequence: UInt64
    }

    /// How the namespaces of the store lie on disk; a copy may have the other layout.
    var layout: Store.Layout
    /// Whether nothing is left of the store when it is closed. A copy is on disk.
    var isInMemory: Bool

    /// Opens the store of a folder, with the namespaces of the setup in a new one.
    package init(_ setup: Setup, in base: String) throws {
        self.setup = setup
        self.base = FilePath(base)
        folder = setup.isRelative ? "store" : self.base.appending("store")
        backups = setup.isRelative ? "backups" : self.base.appending("backups")
        if setup.isRelative { chdir(base) }
        creations = Array(repeating: 0, count: setup.kinds.count + 1)
        layout = setup.layout
        isInMemory = setup.isInMemory
        let configuration = setup.configuration { [clock] in clock.now }
        let isNew = !FileManager.default.fileExists(atPath: folder.string)
        if isInMemory {
            store = try Store.inMemory(configuration: configuration)
            folder = store.path
        } else {
            store = try Store.open(at: folder, configuration: configuration)
        }
        if isNew { try makeNamespaces() }
        try findNamespaces()
    }

    /// Makes the namespaces of the setup in a new store.
    func makeNamespaces() throws {
        for number in setup.kinds.indices {
            try store.createNamespace(Setup.name(number), options: setup.options(number))
        }
    }

    /// Sets the clock that tells what has expired.
    func setClock(to seconds: Int) { clock.set(seconds) }

    /// Closes the store.
    package func close() throws {
        releaseReaders()
        follower = nil
        try store.close()
        // The folder goes.
        if setup.isRelative { chdir("/") }
    }

    /// The path of something in the folder of all, as it is named to the library.
    func place(_ name: String) -> FilePath { setup.isRelative ? FilePath(name) : base.appending(name) }

    /// Goes to where relative paths are to be understood from.
    func goHome() { if setup.isRelative { chdir(base.string) } }

    /// Makes another folder the working directory, one that has nothing of what relative paths name.
    private func wander(_ operation: Operation) -> Outcome {
        guard setup.isRelative else { return .done }
        let elsewhere = operation.count == 0 ? "/" : base.appending("elsewhere-\(operation.count)").string
        mkdir(elsewhere, 0o755)
        chdir(elsewhere)
        return .done
    }

    func configuration(_ access: StoreConfiguration.Access = .readWrite) -> StoreConfiguration {
        var configuration = setup.configuration { [clock] in clock.now }
        configuration.access = access
        configuration.layout = layout
        return configuration
    }

    func name(_ number: Int) -> String { Setup.name(number, isRenamed: renamed.contains(number)) }

    func findNamespaces() throws {
        let names = Set(try store.namespaces().map(\.name))
        namespaces = try setup.kinds.indices.map { number in
            let name = self.name(number)
            return names.contains(name) ? try store.namespace(name) : nil
        }
        namespaces.append(store.metadata)
        try findConsumers()
    }

    /// Does an operation. No error leaves this: it is an outcome.
    package func apply(_ operation: Operation) -> Outcome {
        do {
            return try perform(operation)
        } catch {
            return failure(error)
        }
    }

    func failure(_ error: any Error) -> Outcome {
        if error is Planned { return .planned }
        lastError = "\(error)"
        guard let error = error as? StoreError else { return .failed("\(error)") }
        return .failed(error.code)
    }

    func namespace(_ operation: Operation) throws -> Namespace {
        guard let namespace = namespaces[operation.namespace] else { throw Missing() }
        return namespace
    }

    private func perform(_ operation: Operation) throws -> Outcome {
        switch operation.kind {
        case .get, .contains, .withValue, .getMany, .scan, .walk: return try readOutcome(operation)
        case .put, .delete, .merge, .deleteRange, .write: return try write(operation)
        case .update: return try update(operation)
        case .transaction: return try transaction(operation)
        case .together: return try together(operation)
        case .ingest: return try ingest(operation)
        case .openCursor, .next, .previous, .seek, .seekBack, .closeCursor: return try cursorOutcome(operation)
        case .takeSnapshot, .releaseSnapshot, .pin, .readPin, .unpin: return try handleOutcome(operation)
        case .mark, .changes: return try changesOutcome(operation)
        case .addConsumer, .readConsumer, .acknowledge, .moveConsumer, .removeConsumer, .consumers:
            return try consumerOutcome(operation)
        case .flush, .compact, .look, .sync, .verify: return try care(operation)
        case .reopen: return try reopen(operation)
        case .restart: return try restart(operation)
        case .writeStore: return try writeStore(operation)
        case .checkpoint, .backup, .copy: return try copy(operation)
        case .repair: return try repair(operation)
        case .refuse: return try refuse(operation)
        case .wander: return wander(operation)
        case .rename: return try rename(operation)
        case .retune: return try retune(operation)
        case .setAttribute: return try setAttribute(operation)
        case .follow: return try follow()
        case .readOnly: return try readOnly(operation)
        case .compare: return content(of: store)
        case .drop, .create: return try changeNamespaces(operation)
        case .advance:
            clock.advance(operation.count)
            return .done
        case .savePoint, .rollBack, .clear, .append, .interfere, .fail, .key: return .skipped
        }
    }
}

/// What a closure throws that is to throw.
struct Planned: Error {}

/// The namespace of an operation was dropped, and there is no other of its name.
struct Missing: Error, CustomStringConvertible {
    var description: String { StoreError.Code.namespaceNotFound.description }
}

/// A clock that is set by hand.
final class ManualClock: Sendable {
    private let seconds = Atomic<Int>(Model.start)

    var now: Timestamp { Timestamp(seconds: Int64(seconds.load(ordering: .relaxed))) }

    func set(_ count: Int) { seconds.store(count, ordering: .relaxed) }

    func advance(_ count: Int) { seconds.add(count, ordering: .relaxed) }
}
