import KVStore
import SystemPackage

/// A database that the workloads load: one type per engine, one file each.
///
/// An engine is opened in an empty directory, or over what it left in one, gives every worker a session, and is closed
/// when all workers have ended.
protocol BenchEngine: Sendable {
    /// What a worker holds.
    associatedtype Session: BenchSession

    /// The version and build of what is measured.
    var build: EngineBuild { get }
    /// When a commit is acknowledged, as it is in effect.
    var durability: Durability { get }
    /// What it runs with, by the names that it has for it, read back from the engine where it tells.
    var effectiveSettings: [String: String] { get }

    /// A session for one worker; called on the thread that will use it.
    func makeSession() throws -> Session
    /// A session for all tasks.
    func makeAsyncSession() throws -> any AsyncBenchSession
    /// The engine's own figures at this moment; called from another thread than the workers'.
    func gauges() throws -> EngineGauges
    /// What the engine tells of itself, by its own names. Called when no worker runs.
    func statistics() throws -> [String: Double]
    /// What the data takes on disk; the blocks below its directory unless it is elsewhere. `nil` when it does not tell.
    func diskBytes(below directory: FilePath) throws -> Int?
    /// The time of processors that a server has taken since it was started, in microseconds: 0 where there is none, `nil`
    /// when it cannot be told.
    func serverCPUMicroseconds() -> Double?
    /// Ends the engine. Every session is gone by then.
    func close() throws
}

extension BenchEngine {
    var effectiveSettings: [String: String] { [:] }
    func makeAsyncSession() throws -> any AsyncBenchSession { throw MissingFeature(feature: .tasks) }
    func statistics() throws -> [String: Double] { [:] }
    func diskBytes(below directory: FilePath) throws -> Int? { try DiskUsage.allocatedBytes(below: directory) }
    func serverCPUMicroseconds() -> Double? { 0 }
}

/// What a workload asks of an engine before it is opened.
struct EngineSettings: Sendable {
    /// A directory that exists: empty, or with what the engine left there.
    var directory: FilePath
    var tuning: TuningChoice
    /// What is different from it; `check` of the entry has looked at them.
    var settings: [TuningSetting] = []
    /// Where keyspaces live, for an engine that has a choice; `nil` leaves it to the engine.
    var layout: LayoutChoice?
    /// `nil` leaves it to the tuning.
    var durability: Durability?
    /// `nil` leaves it to the engine.
    var walSyncInterval: WALSyncInterval?
    /// What the workloads need.
    var features: Set<EngineFeature> = []
    /// How long entries live; `nil` for ever.
    var timeToLive: Duration?
    /// How many separate key ranges the workload uses, numbered from 0.
    var keyspaces: Int
    /// How many sessions there are at a time, beside one of the caller's own.
    var workers = 1
    /// Where the server is, for an engine that needs one.
    var server = ServerChoice.own
    /// Whether the data stays when the engine is closed.
    var keepsData = true
    /// Whether the engine counts and times what it does, where it can be asked to.
    var collectsStatistics = false

    /// The values of the tuning's fields.
    var fields: Tuning {
        get throws(UsageError) { try tuning.fields(with: settings) }
    }
}

/// Which engine this is, for the record of a run.
struct EngineBuild: Sendable, Equatable {
    var version: String
    var build: String
}
