import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("A mix of operations")
struct MixWorkloadTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let mixes = [
        "read=80,put=15,scan=5", "read=1", "scan=1,put=1,delete=1", "read=2,put=1,delete=1,update=1,scan=1",
        "read=30,read-missing=10,scan=10,put=10,insert=20,update=10,delete=10", "insert=1", "update=1,delete=1",
    ]

    @Test("An honest engine gives no errors, whatever is mixed", arguments: mixes, [nil, "kvstore"])
    func honest(mix: String, engine: String?) throws {
        for distribution in KeyDistribution.allCases {
            var options = try options(mix)
            (options.distribution, options.namespaces, options.workers, options.operations) = (distribution, 3, 4, 4000)
            // So few that the workers meet.
            options.keys = 60
            let entry = try engine.map { try EngineCatalog.entry(named: $0) } ?? LyingEngine.entry(nil)
            let report = try Benchmark(options, engine: entry).run()
            #expect(report.errors == [], "\(mix), \(distribution)")
            #expect(report.document.writes + report.document.reads == 4000)
            #expect(report.document.work?.mix == mix && report.table.contains(mix))
        }
    }

    @Test(
        "A lie is an error",
        arguments: [
            ("read=1,put=1", [.lostPut, .failedWrite, .missingValue, .corruptValue, .shortValue]),
            ("read=2,put=2,delete=1", [.lostPut, .lostDelete, .missingValue, .corruptValue, .failedRead]),
            ("read-missing=1,put=1", [.valueOfMissingKey]), ("update=1,read=1", [.lostUpdate, .corruptValue]),
            ("update=2,delete=1", [.lostUpdate, .lostDelete]), ("read=1,insert=1", [.lostPut]),
            ("scan=1,insert=1", [.skippedEntry, .shortScan, .reversedScan, .corruptScan, .entryOfNoOne]),
            ("scan=1,put=1", [.skippedEntry, .shortScan, .reversedScan, .corruptScan, .entryOfNoOne, .lostPut]),
            ("scan=5,put=4,delete=1", [.skippedEntry, .shortScan, .reversedScan, .corruptScan, .entryOfNoOne]),
            ("scan=1,delete=1", [.lostDelete]),
        ] as [(String, [LyingEngine.Lie])])
    func lies(mix: String, lies: [LyingEngine.Lie]) throws {
        for lie in lies {
            var options = try options(mix)
            (options.workers, options.operations) = (2, 600)
            let report = try Benchmark(options, engine: LyingEngine.entry(lie)).run()
            #expect(report.document.errors > 0, "\(lie)")
            #expect(report.exitStatus == 1)
        }
    }

    @Test("Each kind is picked as often as its share says")
    func shares() throws {
        let mix = try OperationMix.parse("read=80, put=15,scan = 5")
        var random = SplitMix64(seed: 1)
        var counts: [OperationMix.Kind: Int] = [:]
        for _ in 0..<100_000 { counts[mix.kind(random.next(below: OperationMix.range)), default: 0] += 1 }
        for (kind, share) in [(OperationMix.Kind.read, 80), (.put, 15), (.scan, 5)] {
            // Four standard deviations at least.
            #expect(abs(counts[kind, default: 0] - share * 1000) < 600, "\(kind)")
        }
        #expect(mix.kind(0) == .read && mix.kind(OperationMix.range - 1) == .scan)
        let halves = try OperationMix.parse("put=0.5,insert=0,read=99.5")
        #expect(halves.text == "put=0.5,read=99.5" && !halves.has(.insert))
        #expect(try OperationMix.parse(halves.text) == halves)
    }

    @Test(
        "What is no mix is refused with what to give instead",
        arguments: [
            ("", "read=80,put=15,scan=5"), ("read", "read=80,put=15,scan=5"), ("read=1,", "read=80,put=15,scan=5"),
            ("get=1", "read-missing"), ("read=x", "from 0 to"), ("read=-1", "from 0 to"), ("read=nan", "from 0 to"),
            ("read=1e7", "from 0 to"), ("read=1,read=2", "twice"), ("read=0", "above 0"),
        ])
    func refused(text: String, hint: String) throws {
        let error = try #require(throws: UsageError.self) { try OperationMix.parse(text) }
        #expect(error.message.contains(hint))
    }

    @Test("Scans read up to as many entries as was said")
    func scanLength() throws {
        var options = try options("scan=1")
        (options.scanLength, options.workers, options.keys, options.operations) = (4, 1, 1000, 2000)
        let document = try Benchmark(options, engine: LyingEngine.entry(nil)).run().document
        #expect(document.work?.scanLength == 4)
        let read = try #require(document.read)
        #expect(abs(Double(read.entries) / 2000 - 2.5) < 0.2)
        for wrong in [0, -1, .max] {
            options.scanLength = wrong
            let error = try #require(throws: UsageError.self) { try Benchmark(options) }
            #expect(error.message.contains("from 1 to"))
        }
        options = try self.options("read=1,insert=1")
        options.keySize = 11
        #expect(throws: UsageError.self) { try Benchmark(options) }
    }

    @Test("What a reader may miss follows from what was known before and after")
    func states() {
        let (never, first) = (EntryState(rawValue: 0), EntryState.written(1))
        #expect(never.isAbsent && never.version == 0 && never.nextVersion == 1 && never.leastVersion == 1)
        #expect(first.isPresent && first.version == 1 && first.nextVersion == 2 && first.leastVersion == 1)
        let (leaving, gone) = (first.leaving, first.deleted)
        #expect(!leaving.isPresent && !leaving.isAbsent && leaving.leastVersion == 1 && leaving.version == 0)
        #expect(gone.isAbsent && gone.nextVersion == 3 && gone.leastVersion == 3)
        let again = EntryState.written(gone.nextVersion)
        #expect(!first.allowsAbsence(since: first) && !EntryState.written(2).allowsAbsence(since: first))
        for later in [leaving, gone, again] { #expect(later.allowsAbsence(since: first)) }
        #expect(gone.allowsAbsence(since: gone) && again.allowsAbsence(since: gone))
        #expect(!again.allowsAbsence(since: again))
    }

    private func options(_ mix: String) throws -> RunOptions {
        var options = RunOptions.unsampled
        (options.workload, options.mix, options.keys) = ("mix", try OperationMix.parse(mix), 200)
        options.data = folder.path.appending(UUID().uuidString)
        return options
    }
}
