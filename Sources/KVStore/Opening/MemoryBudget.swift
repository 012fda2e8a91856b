/// The most memory that caches and memtables of a store can take, by what decides about it.
struct MemoryBudget {
    /// What can take memory, and the settings that bound it.
    struct Part {
        let size: ByteCount
        let settings: String
    }

    let parts: [Part]

    /// - Parameters:
    ///   - openNamespaces: how many namespaces are open at a time.
    ///   - databases: how many databases they are in.
    init(_ configuration: StoreConfiguration, openNamespaces: Int, databases: Int) {
        let (namespace, metadata) = (configuration.namespaceTuning, configuration.metadataTuning)
        let caches: Part
        switch configuration.blockCache {
        case .shared(let capacity): caches = Part(size: capacity, settings: "blockCache")
        case .perNamespace:
            caches = Part(
                size: openNamespaces * namespace.blockCacheCapacity,
                settings: "namespaceTuning.blockCacheCapacity or maxOpenNamespaces, or share one blockCache")
        }
        // Families of one database share the memory that one would take.
        let filled = databases * namespace.memtableBudget
        let memtables: Part
        if let limit = configuration.memtableLimit, limit < filled {
            memtables = Part(size: limit, settings: "memtableLimit")
        } else {
            memtables = Part(
                size: filled, settings: "memtableLimit, namespaceTuning.memtableSize or namespaceTuning.maxMemtables")
        }
        parts = [
            caches, memtables,
            Part(
                size: openNamespaces * (namespace.valueCache ?? .bytes(0)),
                settings: "namespaceTuning.valueCache or maxOpenNamespaces"),
            Part(
                size: databases * (namespace.commitBuffer.map(CommitBuffer.memory) ?? .bytes(0)),
                settings: "namespaceTuning.commitBuffer or maxOpenNamespaces"),
            Part(size: metadata.valueCache ?? .bytes(0), settings: "metadataTuning.valueCache"),
            Part(size: metadata.blockCacheCapacity, settings: "metadataTuning.blockCacheCapacity"),
            Part(size: metadata.memtableBudget, settings: "metadataTuning.memtableSize or metadataTuning.maxMemtables"),
        ]
    }

    var total: ByteCount { Self.sum(parts) }

    /// The fewest parts without which the others fit, the largest first.
    func tooLarge(for memory: ByteCount) -> ArraySlice<Part> {
        let sorted = parts.sorted { $0.size > $1.size }
        return sorted.prefix(sorted.indices.first { Self.sum(sorted[$0...]) <= memory } ?? sorted.count)
    }

    private static func sum(_ parts: some Sequence<Part>) -> ByteCount {
        parts.reduce(ByteCount(0)) { $0 + $1.size }
    }
}
