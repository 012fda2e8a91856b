import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVStore

/// Writes to a store, and beside it what the store has to hold then, with none of the library's code.
final class KeptStoreWriter {
    let store: Store
    private(set) var content = KeptContent()
    /// Milliseconds since 1970.
    let now: Int

    init(_ store: Store, at now: Int) {
        (self.store, self.now) = (store, now)
    }

    /// Goes on with a store that holds this.
    init(_ store: Store, at now: Int, after content: KeptContent) {
        (self.store, self.now, self.content) = (store, now, content)
    }
}

// MARK: Namespaces

extension KeptStoreWriter {
    /// - Parameter tuning: what to say of the tuning among the options.
    func create(
        _ name: String, _ options: NamespaceOptions = NamespaceOptions(), tuning: [String: String]? = nil
    ) throws {
        let id = (content.namespaces.values.map(\.id).max() ?? 0) + 1
        try store.createNamespace(name, options: options)
        content.namespaces[name] = KeptContent.Space(
            id: id, mergeOperator: options.mergeOperator?.name,
            timeToLive: options.timeToLive.map { Int($0.components.seconds) * 1000 },
            attributes: options.attributes, tuning: tuning, expires: options.timeToLive.map { _ in [:] })
    }

    func drop(_ name: String) throws {
        try store.dropNamespace(name)
        content.namespaces[name] = nil
        content.missing.append(name)
    }

    func rename(_ name: String, to other: String) throws {
        try store.renameNamespace(name, to: other)
        content.namespaces[other] = content.namespaces.removeValue(forKey: name)
        content.missing.append(name)
    }

    func setAttribute(_ attribute: String, of name: String, to value: String?) throws {
        try store.namespace(name).setAttribute(attribute, to: value)
        content.namespaces[name]?.attributes[attribute] = value
    }

    func setTuning(of name: String, _ tuning: Tuning, _ fields: [String: String]) throws {
        try store.namespace(name).setTuning(tuning)
        content.namespaces[name]?.tuning = fields
    }

    /// Leaves behind what a crash amid a creation and a drop would: the next opening has to finish both.
    func cutShort(creating name: String, dropping dropped: String) throws {
        // Whatever was dropped before is gone by then.
        #expect(try eventually { try store.catalog.unfinishedDrops().isEmpty })
        _ = try store.catalog.beginCreating(name)
        try store.catalog.beginDropping(try #require(try store.catalog.find(dropped, .dropNamespace)))
        content.namespaces[dropped] = nil
        content.missing += [name, dropped]
    }

    /// Writes all memtables to table files.
    func flush(compacting: Bool) throws {
        for name in content.namespaces.keys.sorted() {
            try store.namespace(name).flush()
            if compacting { try store.namespace(name).compact() }
        }
    }
}

// MARK: Entries

extension KeptStoreWriter {
    func putMetadata(_ key: String, _ value: String) throws {
        try store.metadata.put(key, value.latin1)
        content.metadata[key] = value
    }

    func put(
        _ name: String, _ key: [UInt8], _ value: [UInt8], durability: Durability? = nil
    ) throws {
        try store.namespace(name).put(key, value, durability: durability)
        note(name, key, value)
    }

    func put(_ name: String, _ key: String, _ value: String, durability: Durability? = nil) throws {
        try put(name, key.bytes, value.bytes, durability: durability)
    }

    /// Notes a put that was made in another way.
    func note(_ name: String, _ key: [UInt8], _ value: [UInt8]) {
        content.namespaces[name]?.entries[String(latin1: key)] = String(latin1: value)
        if let timeToLive = content.namespaces[name]?.timeToLive {
            content.namespaces[name]?.expires?[String(latin1: key)] = now + timeToLive
        }
    }

    func delete(_ name: String, _ key: String) throws {
        try store.namespace(name).delete(key)
        content.namespaces[name]?.entries[key] = nil
        content.namespaces[name]?.expires?[key] = nil
    }

    func deleteRange(_ name: String, _ lower: String, _ upper: String) throws {
        try store.namespace(name).deleteRange(KeyRange(lower..<upper))
        for key in content.namespaces[name]?.entries.keys.map({ $0 }) ?? [] {
            let isBefore = key.latin1.lexicographicallyPrecedes(lower.bytes)
            guard !isBefore, key.latin1.lexicographicallyPrecedes(upper.bytes) else { continue }
            content.namespaces[name]?.entries[key] = nil
        }
    }

    func load(_ name: String, _ entries: [(key: String, value: String)]) throws {
        try store.namespace(name).ingest(entries)
        for (key, value) in entries { note(name, key.bytes, value.bytes) }
    }

    func merge(_ name: String, _ key: String, _ operand: [UInt8]) throws {
        try store.namespace(name).merge(key, operand)
        let held = content.namespaces[name]?.entries[key]?.latin1
        let merged = held.map { Self.merged($0, operand, content.namespaces[name]?.mergeOperator) } ?? operand
        note(name, key.bytes, merged)
    }

    private static func merged(_ held: [UInt8], _ operand: [UInt8], _ merge: String?) -> [UInt8] {
        switch merge {
        case "kvstore.add64": bytes(of: number(held) &+ number(operand))
        case "kvstore.min": operand.lexicographicallyPrecedes(held) ? operand : held
        case "kvstore.max": held.lexicographicallyPrecedes(operand) ? operand : held
        case "kvstore.append": held + operand
        case "kvstore.setUnion": set(of: elements(held).union(elements(operand)))
        default: operand.count > held.count ? operand : held
        }
    }

    private static func number(_ bytes: [UInt8]) -> Int64 {
        bytes.reversed().reduce(0) { $0 << 8 | Int64($1) }
    }

    /// Eight bytes, the lowest first.
    static func bytes(of number: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// The elements in order, each with its length in a byte before it.
    static func set(of elements: Set<String>) -> [UInt8] {
        elements.sorted().flatMap { [UInt8($0.utf8.count)] + $0.bytes }
    }

    private static func elements(_ bytes: [UInt8]) -> Set<String> {
        var (rest, elements) = (bytes[...], Set<String>())
        while let count = rest.popFirst() {
            elements.insert(String(decoding: rest.prefix(Int(count)), as: UTF8.self))
            rest = rest.dropFirst(Int(count))
        }
        return elements
    }
}
