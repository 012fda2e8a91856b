import ArgumentParser
import CHarness
import Foundation
import KVStore
import SystemPackage

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs messages, messages-model, fill-random, read-random or scan.",
        discussion: """
            The options are those of kvbench. The database has the options that the library's own has: they are read
            from one that the library has made. Threads, keys, values and the checks of every answer are kvbench's.

            messages-model, with 2 workers, is how fast messages could be with one thread at a time in the engine's writes: one
            thread writes ten messages a commit, whose counters it knows, another reads the pages that are due, and nobody
            waits for anybody.
            """)

    @Argument(help: "What to run.")
    var workload = "messages"

    @Option(help: "When a commit is acknowledged: buffered or synced.")
    var durability = Durability.buffered

    @Option(help: "How often the log of buffered commits is synced, in seconds; 0 for never.")
    var walSyncInterval = 1.0

    @Option(help: "How many seconds to run. (default: 30 without --operations)")
    var duration: Double?

    @Option(help: "How many operations to run in all.")
    var operations: Int?

    @Option(help: "How many threads load the engine.")
    var workers = 10

    @Option(help: "How many keys there are.")
    var keys = 1_000_000

    @Option(help: "Bytes of a key.")
    var keySize = 16

    @Option(help: "Bytes of a value. (default: 350 for messages, 100 for others)")
    var valueSize: Int?

    @Option(help: "Entries that an operation of scan reads.")
    var batch = 1000

    @Option(help: "The same seed writes the same content.")
    var seed: UInt64 = 1

    @Option(help: "An empty or new directory for the data, which stays.")
    var data: String?

    @Option(help: "Write the result to this file as JSON.")
    var json: String?

    @Flag(help: "Print nothing.")
    var quiet = false

    func validate() throws {
        guard workers >= 1, keys >= workers, keySize >= 10, valueSize ?? 200 >= 8 else {
            throw ValidationError("give at least 1 worker, a key for each, keys of 10 bytes and values of 8")
        }
    }

    func run() throws {
        let folder = try WorkFolder(requested: data)
        defer { folder.remove() }
        let template = try OptionsTemplate(StoreConfiguration(), in: folder.path.appending("template"))
        let result = try run(in: folder.path.appending("database"), template)
        let document = HarnessDocument(self, result)
        if let json { try document.encoded.write(to: URL(fileURLWithPath: json)) }
        if !quiet { print(document.summary) }
        guard result.errors == 0 else { throw ExitCode(1) }
    }

    private func run(in directory: FilePath, _ template: OptionsTemplate) throws -> harness_result {
        var result = harness_result()
        let isKnown = directory.string.withCString { directory in
            template.path.string.withCString { template in
                var run = harness_run()
                run.directory = directory
                run.options_from = template
                run.cache_bytes = UInt64(Tuning.namespace.blockCacheCapacity.bytes)
                run.bloom_bits = Tuning.namespace.bloomBitsPerKey
                run.workers = Int32(workers)
                run.seconds = isEndless ? 0 : duration ?? (operations == nil ? 30 : 0)
                run.operations = UInt64(operations ?? 0)
                run.keys = UInt64(keys)
                run.key_size = UInt64(keySize)
                run.value_size = UInt64(valueSize ?? (workload.hasPrefix("messages") ? 350 : 100))
                run.page = UInt64(batch)
                run.seed = seed
                run.synced = durability == .synced ? 1 : 0
                run.sync_interval = walSyncInterval
                return harness_run_workload(workload, &run, &result) != 0
            }
        }
        guard isKnown else { throw ValidationError("there is no workload '\(workload)' here") }
        if result.errors > 0 {
            let text = withUnsafeBytes(of: result.failure) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            FileHandle.standardError.write(Data("harness: \(result.errors) errors, the first: \(text)\n".utf8))
        }
        return result
    }

    /// Fills end by themselves.
    private var isEndless: Bool { workload == "fill-random" && duration == nil }
}

extension Durability: @retroactive ExpressibleByArgument {}
