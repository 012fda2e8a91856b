internal import Foundation
package import KVStore
internal import Logging
internal import SystemPackage

/// What a writer process does: the arguments that it is given, on both sides of the call.
package struct WriterPlan: Sendable {
    package enum Commits: String, Sendable {
        case synced, buffered, mixed, unlogged
        /// Each stream as its number has it.
        case each
    }

    /// What a writer does when a call fails.
    package enum Response: String, Sendable {
        /// Says so and ends.
        case stop
        /// Says so, reopens the namespace and goes on.
        case recover
    }

    package var store = ""
    /// The layout of a store that is made; nil takes one as it is.
    package var layout: Store.Layout?
    /// The streams, each a thread: see ``StreamPlace``.
    package var streams: [Int] = [0]
    package var shape = StreamShape()
    package var commits = Commits.buffered
    package var intervalMilliseconds = 1000
    package var memtableKiB = 4096
    package var maxOpenNamespaces = 50
    /// After how many commits of each stream the store is closed and opened again; 0 for never.
    package var reopenEvery = 0
    /// How often that happens before the writer ends; 0 for endlessly.
    package var generations = 0
    /// How often a commit is followed by a flush, a compaction or a sync: once in so many; 0 for never.
    package var maintenanceEvery = 0
    /// After how many of its commits the first stream's thread makes a copy in ``copies``; 0 for never.
    package var copyEvery = 0
    /// The layout of the copies; nil for checkpoints.
    package var copyLayout: Store.Layout?
    /// After how many commits of each stream the writer ends; 0 for never.
    package var limit = 0
    package var response = Response.stop
    package var seed: UInt64 = 1

    package init() {}

    private static let alwaysGathers = ProcessInfo.processInfo.environment["KVSTORE_FAULT_GATHERING"] != nil

    /// Whether the commits of a stream go past the log, where each stream has its own durability.
    package static func isUnlogged(_ stream: Int) -> Bool { stream < 900 && stream % 3 == 1 }

    /// Where the copies of one writer are, each in a folder named after the first stream's head in it.
    package var copies: String { "\(store)-copies-\(seed)" }

    package var arguments: [String] {
        [
            "write", "--store", store, "--layout", layout?.rawValue ?? "any", "--streams",
            streams.map(String.init).joined(separator: ","),
            "--batch", "\(shape.batch)", "--value-size", "\(shape.valueSize)", "--window", "\(shape.window)",
            "--commits", commits.rawValue, "--interval-ms", "\(intervalMilliseconds)",
            "--memtable-kib", "\(memtableKiB)", "--max-open", "\(maxOpenNamespaces)",
            "--reopen-every", "\(reopenEvery)", "--generations", "\(generations)",
            "--maintenance-every", "\(maintenanceEvery)", "--copy-every", "\(copyEvery)",
            "--copy-layout", copyLayout?.rawValue ?? "none", "--limit", "\(limit)",
            "--on-error", response.rawValue, "--seed", "\(seed)",
        ]
    }

    package init(_ arguments: Arguments) throws {
        store = try arguments.required("store")
        layout = arguments.text("layout").flatMap(Store.Layout.init)
        streams = try arguments.required("streams").split(separator: ",").compactMap { Int($0) }
        shape = try StreamShape(arguments)
        commits = arguments.text("commits").flatMap(Commits.init) ?? commits
        intervalMilliseconds = try arguments.number("interval-ms", default: intervalMilliseconds)
        memtableKiB = try arguments.number("memtable-kib", default: memtableKiB)
        maxOpenNamespaces = try arguments.number("max-open", default: maxOpenNamespaces)
        reopenEvery = try arguments.number("reopen-every", default: 0)
        generations = try arguments.number("generations", default: 0)
        maintenanceEvery = try arguments.number("maintenance-every", default: 0)
        copyEvery = try arguments.number("copy-every", default: 0)
        copyLayout = arguments.text("copy-layout").flatMap(Store.Layout.init)
        limit = try arguments.number("limit", default: 0)
        response = arguments.text("on-error").flatMap(Response.init) ?? response
        seed = UInt64(try arguments.number("seed", default: 1))
    }

    /// Makes a copy of the store, or a checkpoint, as the plan has it.
    func copy(_ store: Store, to path: String) throws {
        if let copyLayout {
            try store.copy(to: FilePath(path), layout: copyLayout)
        } else {
            try store.checkpoint(to: FilePath(path))
        }
    }

    package var configuration: StoreConfiguration {
        var configuration = StoreConfiguration()
        configuration.layout = layout
        configuration.namespaceTuning.memtableSize = .kibibytes(memtableKiB)
        configuration.metadataTuning.memtableSize = .mebibytes(1)
        configuration.blockCache = .shared(.mebibytes(8))
        configuration.maxOpenNamespaces = maxOpenNamespaces
        configuration.walSyncInterval = intervalMilliseconds > 0 ? .milliseconds(intervalMilliseconds) : nil
        configuration.logger.logLevel = .critical
        // What was read is kept above the engine in half of the runs.
        if seed.isMultiple(of: 2) { configuration.namespaceTuning.valueCache = .kibibytes(256) }
        // And in a third, in each case, commits gather in front of it.
        if seed % 3 == 0 || Self.alwaysGathers { configuration.namespaceTuning.commitBuffer = .kibibytes(256) }
        return configuration
    }
}

extension StreamShape {
    package init(_ arguments: Arguments) throws {
        self.init()
        batch = try arguments.number("batch", default: batch)
        valueSize = try arguments.number("value-size", default: valueSize)
        window = UInt64(try arguments.number("window", default: Int(window)))
    }

    package var arguments: [String] {
        ["--batch", "\(batch)", "--value-size", "\(valueSize)", "--window", "\(window)"]
    }
}

/// Where a stream lives: ten of them in a namespace, those from 900 on in the store's own metadata column family.
package enum StreamPlace {
    /// The namespace of a stream, nil for the metadata column family.
    package static func namespace(of stream: Int) -> String? { stream >= 900 ? nil : "namespace-\(stream / 10)" }

    package static func columnFamily(of stream: Int, in store: Store) throws -> Namespace {
        guard let name = namespace(of: stream) else { return store.metadata }
        return try store.namespace(name, createIfMissing: true)
    }
}
