import FoundationEssentials

/// One step of a profile.
struct ProfileStep: Sendable {
    /// What it does, as a person reads it.
    let name: String
    /// How long it takes about.
    let seconds: Int
    let run: @Sendable (ProfileTools, inout ProfileFindings) throws -> Void

    /// All that the options ask for, in their order.
    static func all(_ options: ProfileOptions) -> [ProfileStep] {
        var steps = [device(options)]
        if options.hasBefore {
            if options.load.engine == "kvstore", options.load.workload == "messages" { steps.append(alone(options)) }
            steps.append(before(options))
        }
        for round in 1...options.rounds { steps.append(measured(options, round)) }
        steps.append(cpu(options))
        steps.append(waits(options))
        // A store that is opened anew for each operation cannot be watched.
        if options.load.engine == "kvstore", !options.opensStores { steps.append(observed(options)) }
        steps.append(heap(options))
        if options.load.engine == "kvstore" { steps += Self.peers.map { peer(options, $0) } }
        return steps
    }

    private static func load(_ options: ProfileOptions) -> String {
        options.load.workload + (options.load.engine == "kvstore" ? "" : " on \(options.load.engine)")
    }

    /// Writers that wait for their sync one by one, as the document's did.
    private static func alone(_ options: ProfileOptions) -> ProfileStep {
        ProfileStep(
            name: "\(options.load.workload) with the tuning before, each write waiting for a sync of its own",
            seconds: options.beforeSeconds + 1
        ) { tools, findings in
            let run = options.run(tuning: .before, seconds: options.beforeSeconds, engine: "kvstore-locked")
            findings.result.alone = try tools.load("before-alone", run)
        }
    }

    private static func before(_ options: ProfileOptions) -> ProfileStep {
        ProfileStep(name: "\(load(options)) with the tuning before", seconds: options.beforeSeconds + 1) {
            tools, findings in
            let run = options.run(tuning: .before, seconds: options.beforeSeconds)
            findings.result.before = try tools.load("before", run)
        }
    }

    private static func measured(_ options: ProfileOptions, _ round: Int) -> ProfileStep {
        let count = options.rounds == 1 ? "" : ", round \(round) of \(options.rounds)"
        return ProfileStep(
            name: "\(load(options)) with the \(options.load.tuning.rawValue) tuning\(count)",
            seconds: options.measuredSeconds + 1
        ) { tools, findings in
            let name = round == 1 ? "results" : "results-\(round)"
            let before = BlockDevice(of: tools.folder.path)
            let document = try tools.load(name, options.run())
            findings.result.rounds.append(document)
            findings.disk.document = document
            findings.disk.inventory = DiskInventory(tools.folder.data)
            if let before, let after = BlockDevice(of: tools.folder.path) { findings.disk.device = (before, after) }
            if options.keepsData, round == options.rounds { try tools.keepData() }
        }
    }

    private static func device(_ options: ProfileOptions) -> ProfileStep {
        ProfileStep(name: "the disk: synced writes, and one byte after the other", seconds: options.isQuick ? 1 : 4) {
            tools, findings in
            let bytes = options.isQuick ? 16 << 20 : 256 << 20
            findings.disk.probe = try DeviceProbe.measure(
                in: tools.folder.path, seconds: options.isQuick ? 0.2 : 2, bytes: bytes, stop: tools.runner.stop)
        }
    }

    private static func waits(_ options: ProfileOptions) -> ProfileStep {
        ProfileStep(
            name: "\(load(options)), every switch of threads recorded: what they wait for",
            seconds: options.waitSeconds + 8
        ) {
            tools, findings in
            findings.waits = try WaitProfile.record(tools)
        }
    }

    private static func observed(_ options: ProfileOptions) -> ProfileStep {
        ProfileStep(
            name: "\(load(options)), engine and memory looked at and counted", seconds: options.observedSeconds + 1
        ) { tools, findings in
            let file = tools.folder.file("engine.json")
            let run = options.run(seconds: options.observedSeconds)
            let document = try tools.load("observed", run, command: ["observe", "--observation", file])
            guard let bytes = try? Data(contentsOf: URL(filePath: file)),
                let seen = try? JSONDecoder().decode(EngineObservation.self, from: bytes)
            else { throw StepFailure("the run left nothing that was seen") }
            findings.engine = ProfiledEngine(seen: seen, document: document)
        }
    }

    private static func heap(_ options: ProfileOptions) -> ProfileStep {
        ProfileStep(name: "\(load(options)) under heaptrack: who allocates", seconds: options.heapSeconds + 8) {
            tools, findings in
            findings.heap = try HeapProfile.record(tools)
        }
    }

    /// The document compares with the last two.
    private static let peers = ["rocksdb", "lmdb", "sqlite", "postgres"]

    private static func peer(_ options: ProfileOptions, _ engine: String) -> ProfileStep {
        ProfileStep(name: "\(options.load.workload) on \(engine), to compare", seconds: options.peerSeconds + 2) {
            tools, findings in
            let run = options.run(seconds: options.peerSeconds, engine: engine)
            do throws(UsageError) {
                _ = try Benchmark(run)
            } catch {
                findings.result.peers.append((engine, nil, error.message))
                return
            }
            do {
                findings.result.peers.append((engine, try tools.load("peer-\(engine)", run), ""))
            } catch let failure as StepFailure {
                findings.result.peers.append((engine, nil, failure.description))
                throw failure
            }
        }
    }

    private static func cpu(_ options: ProfileOptions) -> ProfileStep {
        ProfileStep(name: "\(load(options)), sampled: where the CPU goes", seconds: options.cpuSeconds + 4) {
            tools, findings in
            findings.cpu = try CPUProfile.record(tools)
        }
    }
}
