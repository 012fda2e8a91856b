import FoundationEssentials
import Glibc
import KVStore
import SystemPackage

/// Measures openings, each by itself: of the same store again and again where it was closed in order, of a copy each time
/// where its process was killed, since who recovers leaves nothing to recover.
struct OpeningRun {
    let workload: OpeningWorkload
    let engine: EngineEntry
    /// Its directory is where the store and its copies go.
    let settings: EngineSettings
    let limits: RunLimits
    let stop: StopRequest
    /// Fills a store in the first directory with all entries and says so in the file, and ends as the workload has it.
    let fill: (_ store: FilePath, _ ready: FilePath) throws -> Void

    /// - Returns: What was measured, and what the last engine that was opened says of itself. The seconds are those of the
    ///   openings alone.
    func measure() throws -> (Measured, EngineDescription) {
        let store = settings.directory.appending("store")
        try FileManager.default.createDirectory(atPath: store.string, withIntermediateDirectories: true)
        try fill(store, settings.directory.appending("ready"))
        var measured = Measured(outcome: Load.Outcome())
        measured.diskBytes = try DiskUsage.allocatedBytes(below: store)
        measured.outcome.started = Date()
        var recorder = WorkerRecorder(live: LiveCounts())
        var description: EngineDescription?
        var (nanoseconds, cpu) = (UInt64(0), 0.0)
        let host = HostTimes.now()
        let deadline = limits.duration.map { MonotonicClock.now() + $0.inNanoseconds } ?? .max
        var count = 0
        while count < limits.operations ?? .max, MonotonicClock.now() < deadline || count == 0, !stop.isMade {
            count += 1
            let directory = try workload.end == .closed ? store : copy(store)
            // What the copy has left to be written would be written meanwhile.
            sync()
            let (start, usage) = (MonotonicClock.now(), ProcessUsage.cpuMicroseconds())
            var own = settings
            own.directory = directory
            let opened = try engine.open(own)
            try finish(opened, since: start, &recorder, &measured, &nanoseconds) {
                cpu += ProcessUsage.cpuMicroseconds() - usage
            }
            description = EngineDescription(opened)
            measured.outcome.series.append(
                SeriesSample(
                    t: (Double(nanoseconds) / 1e9).rounded(toPlaces: 3), writes: 0,
                    reads: recorder.histogram(.read).count,
                    residentBytes: ProcessUsage.residentBytes()))
            if directory != store { try FileManager.default.removeItem(atPath: directory.string) }
            if recorder.errors + measured.outcome.errors > 0 { break }
        }
        measured.outcome.seconds = Double(nanoseconds) / 1e9
        measured.outcome.cpuMicroseconds = cpu
        measured.outcome.host = HostTimes.now().document(since: host, ownSeconds: cpu / 1e6)
        measured.outcome.add(recorder)
        guard let description else { throw Interrupted(signal: stop.signal ?? SIGINT, keptData: nil) }
        return (measured, description)
    }

    /// Reads the first entry, takes the time, and then looks whether all entries are there.
    private func finish(
        _ opened: some BenchEngine, since start: UInt64, _ recorder: inout WorkerRecorder, _ measured: inout Measured,
        _ nanoseconds: inout UInt64, whenRead: () -> Void
    ) throws {
        do {
            let session = try opened.makeSession()
            var worker = workload.makeWorker(0, session: session)
            do {
                let operation = try worker.step()
                let time = MonotonicClock.now() - start
                whenRead()
                nanoseconds += time
                recorder.record(operation, nanoseconds: time)
            } catch {
                recorder.fail(error)
            }
            for failure in try workload.check(session) { measured.outcome.fail(failure) }
            measured.statistics = try opened.statistics()
        } catch {
            try? opened.close()
            throw error
        }
        try opened.close()
    }

    private func copy(_ store: FilePath) throws -> FilePath {
        let copy = settings.directory.appending("copy")
        if FileManager.default.fileExists(atPath: copy.string) {
            try FileManager.default.removeItem(atPath: copy.string)
        }
        try FileManager.default.copyItem(atPath: store.string, toPath: copy.string)
        return copy
    }
}

/// What an engine says of itself, when it is no longer open.
struct EngineDescription {
    let build: EngineBuild
    let durability: Durability
    let settings: [String: String]

    init(_ engine: some BenchEngine) {
        (build, durability, settings) = (engine.build, engine.durability, engine.effectiveSettings)
    }
}
