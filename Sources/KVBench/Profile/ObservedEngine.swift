import FoundationEssentials
import KVStore

/// This library with everything counted and looked at while a load runs.
final class ObservedEngine: BenchEngine, @unchecked Sendable {  // what changes is guarded by the lock
    private let engine: KVStoreEngine
    private let observer: EngineObserver
    private let observation: Mailbox<EngineObservation>
    private let lock = ThreadLock()
    private var sessions = 0

    /// - Parameter observation: what was seen is left there.
    static func entry(_ observation: Mailbox<EngineObservation>) -> EngineEntry {
        EngineEntry(
            name: "kvstore", summary: KVStoreEngine.entry.summary, isThisLibrary: true,
            features: KVStoreEngine.entry.features, takesSyncInterval: true,
            open: { try ObservedEngine($0, observation) })
    }

    init(_ settings: EngineSettings, _ observation: Mailbox<EngineObservation>) throws {
        var settings = settings
        settings.collectsStatistics = true
        engine = try KVStoreEngine(settings)
        observer = EngineObserver(engine.store, engine.namespaces)
        self.observation = observation
    }

    var build: EngineBuild { engine.build }
    var durability: Durability { engine.durability }
    var effectiveSettings: [String: String] { engine.effectiveSettings }

    func makeSession() throws -> KVStoreSession {
        let number = lock.withLock {
            sessions += 1
            return sessions
        }
        // The first one fills the store; with the next the load begins.
        if number == 2 { try observer.begin() }
        return engine.makeSession()
    }

    func gauges() throws -> EngineGauges { try engine.gauges() }

    /// Called when the load has ended.
    func statistics() throws -> [String: Double] {
        observation.post(try observer.finish())
        return try engine.statistics()
    }

    func close() throws { try engine.close() }
}

/// A run during which everything is counted and looked at; what was seen goes into a file.
public struct ObservedRun: Sendable {
    private let benchmark: Benchmark
    private let observation = Mailbox<EngineObservation>()
    private let file: String

    /// - Parameter file: where what was seen goes, as JSON.
    /// - Throws: `UsageError` for options that no run can be made with.
    public init(_ options: RunOptions, to file: String) throws(UsageError) {
        benchmark = try Benchmark(options, engine: ObservedEngine.entry(observation))
        self.file = file
    }

    /// Runs the load and writes what was seen.
    ///
    /// - Throws: what ``Benchmark/run(stop:showsProgress:onStart:)`` throws, and what the file system says.
    public func run(stop: StopRequest) throws -> RunReport {
        let report = try benchmark.run(stop: stop)
        if let seen = observation.take() { try ResultFile(file, option: "--observation").write(seen) }
        return report
    }
}
