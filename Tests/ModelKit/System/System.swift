internal import Foundation
internal import KVStore
internal import Synchronization
internal import SystemPackage

/// A real store in a folder, which does each operation and says what it led to.
package final class System {
    let setup: Setup
    private(set) var folder: FilePath
    private let base: FilePath
    private let clock = ManualClock()
    var store: Store
    var namespaces: [Namespace?] = []
    /// Which of the namespaces that have had its name each one is.
    var creations: [Int]
    var creationCount = 0
    var cursors: [Int: CursorBox] = [:]
    var snapshots: [Int: Snapshot] = [:]
    var snapshotNamespaces: [Int: Int] = [:]
    var pins: [Int: PinBox] = [:]
    private var marks: [Int: Mark] = [:]
    private var follower: Store?
    private var copies = 0
    /// The namespaces that have their other name.
    private var renamed: Set<Int> = []
    /// Where backups of the store go.
    private var backups: FilePath
    /// What the last error said.
    package private(set) var lastError = ""

    private struct Mark {
        let namespace: Int
        let creation: Int
        let sequence: UInt64
    }

    /// Opens the store of a folder, with the namespaces of the setup in a new one.
    package init(_ setup: Setup, in base: String) throws {
        self.setup = setup
        self.base = FilePath(base)
        folder = self.base.appending("store")
        backups = self.base.appending("backups")
        creations = Array(repeating: 0, count: setup.kinds.count + 1)
        let isNew = !FileManager.default.fileExists(atPath: folder.string)
        store = try Store.open(at: folder, configuration: setup.configuration { [clock] in clock.date })
        if isNew {
            for (number, kind) in setup.kinds.enumerated() {
                try store.createNamespace(Setup.name(number), options: kind.options)
            }
        }
        try findNamespaces()
    }

    /// Sets the clock that tells what has expired.
    func setClock(to seconds: Int) { clock.set(seconds) }

    /// Closes the store.
    package func close() throws {
        releaseReaders()
        follower = nil
        try store.close()
    }

    func configuration(_ access: StoreConfiguration.Access = .readWrite) -> StoreConfiguration {
        var configuration = setup.configuration { [clock] in clock.date }
        configuration.access = access
        return configuration
    }

    private func name(_ number: Int) -> String { Setup.name(number, isRenamed: renamed.contains(number)) }

    private func findNamespaces() throws {
        let names = Set(try store.namespaces().map(\.name))
        namespaces = try setup.kinds.indices.map { number in
            let name = self.name(number)
            return names.contains(name) ? try store.namespace(name) : nil
        }
        namespaces.append(store.metadata)
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
        case .flush, .compact, .look, .sync, .verify: return try care(operation)
        case .reopen: return try reopen(operation)
        case .restart: return try restart(operation)
        case .checkpoint, .backup: return try copy(operation)
        case .rename: return try rename(operation)
        case .retune: return try retune(operation)
        case .follow: return try follow()
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
private final class ManualClock: Sendable {
    private let seconds = Atomic<Int>(Model.start)

    var date: Date { Date(timeIntervalSince1970: Double(seconds.load(ordering: .relaxed))) }

    func set(_ count: Int) { seconds.store(count, ordering: .relaxed) }

    func advance(_ count: Int) { seconds.add(count, ordering: .relaxed) }
}

// MARK: Reading

extension System {
    private func readOutcome(_ operation: Operation) throws -> Outcome {
        guard let number = operation.snapshot else {
            let namespace = try namespace(operation)
            return operation.isAsync ? try readAsync(operation, namespace) : try read(operation, from: namespace)
        }
        guard let snapshot = snapshots[number] else { return .skipped }
        return try read(operation, from: snapshot)
    }

    func read(_ operation: Operation, from source: some Readable) throws -> Outcome {
        switch operation.kind {
        case .get: return .value(try source.get(operation.key))
        case .contains: return .flag(try source.contains(operation.key))
        case .withValue: return .value(try source.withValue(for: operation.key) { Array($0) })
        case .getMany: return .values(try source.getMany(operation.steps.map(\.key)))
        case .scan:
            let entries = source.entries(
                operation.range, reversed: operation.isReversed, limit: operation.count > 0 ? operation.count : nil)
            return .entries(try entries.collect().map(KeyValue.init))
        case .walk:
            var options = ScanOptions()
            options.fillsCache = operation.count & 1 == 0
            options.readahead = .kibibytes(operation.count & 2 == 0 ? 0 : 16)
            let cursor = CursorBox(try source.cursor(operation.range, options: options), operation.namespace)
            return .several(try operation.steps.map(cursor.move))
        default: return .skipped
        }
    }

    private func readAsync(_ operation: Operation, _ namespace: Namespace) throws -> Outcome {
        try blocking {
            switch operation.kind {
            case .get: return .value(try await namespace.get(operation.key))
            case .contains: return .flag(try await namespace.contains(operation.key))
            case .withValue: return .value(try await namespace.withValue(for: operation.key) { Array($0) })
            case .getMany: return .values(try await namespace.getMany(operation.steps.map(\.key)))
            case .scan:
                var found: [KeyValue] = []
                let limit = operation.count > 0 ? operation.count : nil
                for try await entry in namespace.entries(
                    operation.range, reversed: operation.isReversed, limit: limit)
                {
                    found.append(KeyValue(entry))
                }
                return .entries(found)
            default: return .skipped
            }
        }
    }

    /// All that a store holds, forward; read backward too, and each entry by its key.
    func content(of store: Store) -> Outcome {
        var parts: [Outcome] = setup.kinds.indices.map { number in
            do { return try content(of: store.namespace(name(number))) } catch { return failure(error) }
        }
        do { parts.append(try content(of: store.metadata)) } catch { parts.append(failure(error)) }
        return .several(parts)
    }

    private func content(of namespace: Namespace) throws -> Outcome {
        let entries = try namespace.entries().collect().map(KeyValue.init)
        let backward = try namespace.entries(reversed: true).collect().map(KeyValue.init)
        guard backward.reversed() == entries else {
            return .failed("backward: " + Outcome.entries(backward.reversed()).difference(from: .entries(entries)))
        }
        let values = try namespace.getMany(entries.map(\.key))
        guard values == entries.map(\.value) else { return .failed("getMany differs from the scan") }
        return .entries(entries)
    }
}

// MARK: What is kept

/// A cursor that can be kept beside others.
final class CursorBox {
    private var cursor: Cursor
    let namespace: Int

    init(_ cursor: consuming Cursor, _ namespace: Int) {
        self.cursor = cursor
        self.namespace = namespace
    }

    func move(_ operation: Operation) throws -> Outcome { try cursor.move(operation) }
}

extension Cursor {
    fileprivate mutating func move(_ operation: Operation) throws -> Outcome {
        let isThere =
            switch operation.kind {
            case .next: try next()
            case .previous: try previous()
            case .seek: try seek(to: operation.key)
            default: try seek(backTo: operation.key)
            }
        guard isThere == isAtEntry else { return .failed("a cursor that does not know whether it is at an entry") }
        return .entry(isThere ? KeyValue(key: Array(key), value: Array(value)) : nil)
    }
}

/// A pinned value that can be kept beside others.
final class PinBox {
    private let pinned: PinnedValue
    let namespace: Int

    init(_ pinned: consuming PinnedValue, _ namespace: Int) {
        self.pinned = pinned
        self.namespace = namespace
    }

    var value: [UInt8] { pinned.withBytes { Array($0) } }
}

extension System {
    private func cursorOutcome(_ operation: Operation) throws -> Outcome {
        let handle = operation.handle
        switch operation.kind {
        case .openCursor:
            cursors[handle] = nil
            if let number = operation.snapshot {
                guard let snapshot = snapshots[number] else { return .skipped }
                let namespace = snapshotNamespaces[number] ?? 0
                cursors[handle] = CursorBox(try snapshot.cursor(operation.range), namespace)
            } else {
                cursors[handle] = CursorBox(
                    try namespace(operation).cursor(operation.range), operation.namespace)
            }
            return .done
        case .closeCursor: return cursors.removeValue(forKey: handle) == nil ? .skipped : .done
        default: return try cursors[handle]?.move(operation) ?? .skipped
        }
    }

    private func handleOutcome(_ operation: Operation) throws -> Outcome {
        let handle = operation.handle
        switch operation.kind {
        case .takeSnapshot:
            snapshots[handle] = try namespace(operation).snapshot()
            snapshotNamespaces[handle] = operation.namespace
            return .done
        case .releaseSnapshot: return snapshots.removeValue(forKey: handle) == nil ? .skipped : .done
        case .pin:
            pins[handle] = nil
            guard let value = try namespace(operation).pinned(operation.key) else { return .flag(false) }
            pins[handle] = PinBox(value, operation.namespace)
            return .flag(true)
        case .readPin: return pins[handle].map { .value($0.value) } ?? .skipped
        default: return pins.removeValue(forKey: handle) == nil ? .skipped : .done
        }
    }

    private func changesOutcome(_ operation: Operation) throws -> Outcome {
        let handle = operation.handle
        if operation.kind == .mark {
            marks[handle] = Mark(
                namespace: operation.namespace, creation: creations[operation.namespace],
                sequence: try namespace(operation).latestSequence)
            return .done
        }
        guard let mark = marks[handle] else { return .skipped }
        guard let namespace = namespaces[mark.namespace], creations[mark.namespace] == mark.creation else {
            throw Missing()
        }
        let last = try namespace.put(operation.key, operation.value.bytes(for: setup.kind(mark.namespace))).sequence
        let writes = try blocking {
            var writes: [WriteBatch.Write] = []
            for try await change in namespace.changes(since: mark.sequence) {
                writes += change.writes
                if change.sequence >= last { break }
            }
            return writes
        }
        return .changes(writes)
    }

    /// Takes away what reads a namespace, or all that there is.
    func releaseReaders(of namespace: Int? = nil) {
        cursors = cursors.filter { namespace != nil && $0.value.namespace != namespace }
        pins = pins.filter { namespace != nil && $0.value.namespace != namespace }
    }
}

// MARK: Care

extension System {
    private func care(_ operation: Operation) throws -> Outcome {
        switch operation.kind {
        case .flush:
            let namespace = try namespace(operation)
            if operation.isAsync { try blocking { try await namespace.flush() } } else { try namespace.flush() }
        case .compact:
            let namespace = try namespace(operation)
            let range = operation.range
            if operation.isAsync {
                try blocking { try await namespace.compact(range) }
            } else {
                try namespace.compact(range)
            }
        case .sync:
            let store = store
            if operation.count > 0 {
                if operation.isAsync { try blocking { try await store.sync() } } else { try store.sync() }
            } else {
                let namespace = try namespace(operation)
                if operation.isAsync { try blocking { try await namespace.sync() } } else { try namespace.sync() }
            }
        case .verify: _ = try store.verify()
        default:
            let namespace = try namespace(operation)
            _ = try namespace.approximateCount
            _ = try namespace.approximateSize(operation.range)
            _ = try namespace.property("rocksdb.stats")
            _ = store.memoryBudget
        }
        return .done
    }

    private func reopen(_ operation: Operation) throws -> Outcome {
        let namespace = try namespace(operation)
        let shared = setup.sharing(operation.namespace)
        if operation.count == 0 { for number in shared { releaseReaders(of: number) } }
        var outcome = Outcome.done
        do {
            if operation.isAsync { try blocking { try await namespace.reopen() } } else { try namespace.reopen() }
        } catch {
            outcome = failure(error)
        }
        for number in shared { releaseReaders(of: number) }
        if outcome == .failed(.alreadyOpen) { try namespace.reopen() }
        return .several([outcome])
    }

    private func restart(_ operation: Operation) throws -> Outcome {
        if operation.count == 0 { releaseReaders() }
        let old = store
        if operation.isAsync { try blocking { try await old.close() } } else { try old.close() }
        var outcome = Outcome.done
        var reopened: Store?
        do {
            reopened = try Store.open(at: folder, configuration: configuration())
        } catch {
            outcome = failure(error)
        }
        let moves = cursors.keys.sorted().map { number -> Outcome in
            do { return try cursors[number]!.move(Operation(.next)) } catch { return failure(error) }
        }
        releaseReaders()
        store = try reopened ?? Store.open(at: folder, configuration: configuration())
        try findNamespaces()
        return .several([outcome] + moves + [try listing()])
    }

    /// Copies the store, by a checkpoint or by a backup that is restored, and goes on with the copy when it is asked for.
    private func copy(_ operation: Operation) throws -> Outcome {
        copies += 1
        let target = base.appending("copy-\(copies)")
        let (current, backups) = (store, backups)
        switch (operation.kind, operation.isAsync) {
        case (.checkpoint, false): try current.checkpoint(to: target)
        case (.checkpoint, true): try blocking { try await current.checkpoint(to: target) }
        case (_, false):
            _ = try current.backup(to: backups)
            _ = try Store.verifyBackup(in: backups)
            try Store.restore(from: backups, to: target)
            if copies.isMultiple(of: 3) { _ = try Store.purgeBackups(in: backups, keeping: 1) }
        case (_, true):
            try blocking {
                _ = try await current.backup(to: backups)
                try await Store.restore(from: backups, to: target)
            }
        }
        let copy = try Store.open(at: target, configuration: configuration())
        let outcome = content(of: copy)
        let obsolete: FilePath
        if operation.count > 0 {
            releaseReaders()
            follower = nil
            try store.close()
            obsolete = folder
            // Those that are there are of another store.
            self.backups = base.appending("backups-\(copies)")
            folder = target
            store = copy
            try findNamespaces()
        } else {
            try copy.close()
            obsolete = target
        }
        try FileManager.default.removeItem(atPath: obsolete.string)
        return outcome
    }

    /// Reads the store beside itself.
    private func follow() throws -> Outcome {
        // What is not in the log is seen when it is flushed.
        for namespace in namespaces { try namespace?.flush() }
        if let follower {
            try follower.catchUp()
        } else {
            follower = try Store.open(at: folder, configuration: configuration(.follower))
        }
        guard let follower else { return .skipped }
        return content(of: follower)
    }

    private func changeNamespaces(_ operation: Operation) throws -> Outcome {
        let number = operation.namespace
        guard number < setup.kinds.count else { return .skipped }
        let name = self.name(number)
        let store = store
        if operation.kind == .create {
            let options = setup.kind(number).options
            namespaces[number] =
                operation.isAsync
                ? try blocking { try await store.createNamespace(name, options: options) }
                : try store.createNamespace(name, options: options)
            creationCount += 1
            creations[number] = creationCount
        } else {
            if operation.isAsync {
                try blocking { try await store.dropNamespace(name) }
            } else {
                try store.dropNamespace(name)
            }
            // Kept: what is done with it from now on is an error of the library's.
        }
        return try listing()
    }

    private func rename(_ operation: Operation) throws -> Outcome {
        let (number, store) = (operation.namespace, store)
        let old = name(number)
        let new = Setup.name(number, isRenamed: !renamed.contains(number))
        if operation.isAsync {
            try blocking { try await store.renameNamespace(old, to: new) }
        } else {
            try store.renameNamespace(old, to: new)
        }
        renamed.formSymmetricDifference([number])
        return try listing()
    }

    /// Gives a namespace a tuning of its own, or takes it away.
    private func retune(_ operation: Operation) throws -> Outcome {
        let namespace = try namespace(operation)
        var tuning = setup.configuration { Date() }.namespaceTuning
        tuning.compression = Compression.allCases[operation.count % Compression.allCases.count]
        tuning.bloomBitsPerKey = operation.count & 1 == 0 ? 10 : 0
        tuning.level0CompactionTrigger = 2 + operation.count % 3
        _ = try namespace.setTuning(operation.count == 0 ? nil : tuning)
        return .done
    }

    private func listing() throws -> Outcome { .values(try store.namespaces().map { Array($0.name.utf8) }) }
}
