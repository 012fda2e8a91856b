#if Metrics
    internal import Glibc
    internal import KVStore
    internal import SystemPackage

    /// What a store tells of itself at a moment.
    struct StoreSample {
        let loads: [(namespace: String, database: UInt64, load: EngineLoad)]
        let memory: MemoryUsage
        let lag: DurabilityLag
        let namespaces: Int
        let cacheCapacity: ByteCount?
        let memoryBudget: ByteCount
        /// What is free on the disk for who is not root; nil when the system does not tell.
        let freeDisk: Double?
        /// One load of each database: what the engine knows of a database, each of its namespaces tells.
        let databases: [EngineLoad]

        init(_ store: Store) {
            loads = store.engineLoads
            memory = store.memoryUsage
            lag = store.durabilityLag
            namespaces = store.namespaceCount
            memoryBudget = store.memoryBudget
            var capacity: ByteCount?
            if case .shared(let size) = store.configuration.blockCache { capacity = size }
            cacheCapacity = capacity
            var status = statvfs()
            freeDisk =
                statvfs(store.path.string, &status) == 0 ? Double(status.f_bavail) * Double(status.f_frsize) : nil
            var seen: Set<UInt64> = []
            databases = loads.filter { seen.insert($0.database).inserted }.map(\.load)
        }

        func most(_ value: (EngineLoad) -> Int) -> Double { Double(loads.map { value($0.load) }.max() ?? 0) }
        func sum(_ value: (EngineLoad) -> Int) -> Double { loads.reduce(0) { $0 + Double(value($1.load)) } }
        func count(_ isCounted: (EngineLoad) -> Bool) -> Double { Double(databases.count(where: isCounted)) }
    }
#endif
