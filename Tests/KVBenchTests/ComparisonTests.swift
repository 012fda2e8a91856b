import Foundation
import KVStore
import Testing

@testable import KVBench

@Suite("Comparisons")
struct ComparisonTests {
    @Test("Each runs once a round, who begins takes turns, and ratios are of the same round")
    func rounds() throws {
        var order: [String] = []
        // The machine gets faster from round to round, the second is always at three quarters of the first.
        let document = try compare(["kvstore", "rocksdb", "sqlite"], rounds: 3) { name, round in
            order.append(name)
            let rate = Double(1000 * (round + 1))
            return .sample(operations: ["kvstore": rate, "rocksdb": 0.75 * rate][name] ?? 50)
        }
        #expect(
            order == [
                "kvstore", "rocksdb", "sqlite", "rocksdb", "sqlite", "kvstore", "sqlite", "kvstore", "rocksdb",
            ])
        #expect(document.rounds == 3 && document.cutShort == nil)
        let figures = try document.contestants.map { try #require($0.figures["operations_per_second"]) }
        #expect(document.contestants.map(\.name) == ["kvstore", "rocksdb", "sqlite"])
        #expect(figures[0].median == 2000 && figures[0].least == 1000 && figures[0].most == 3000)
        #expect(figures[0].ratios == [1, 1, 1] && figures[0].ratio == 1)
        #expect(figures[1].ratios == [0.75, 0.75, 0.75])
        #expect(figures[2].ratio == 0.025)
        #expect(document.exitStatus == 0)
    }

    @Test("Its tables fit half a screen and say what is compared, with what each loses beside it")
    func table() throws {
        let document = try compare(["kvstore", "lmdb"], rounds: 3) { name, round in
            var result = ResultDocument.sample(operations: name == "kvstore" ? 1000 + Double(round) : 123_456_789)
            if name == "lmdb" { result.losses = LossesDocument(kill: "nothing", powerCut: "can corrupt it") }
            return result
        }
        let table = document.table
        #expect(table.split(separator: "\n").allSatisfy { $0.count <= 60 }, "\(table)")
        for text in ["messages, 3 rounds", "10 workers", "seed 1", "can corrupt it", "ratio", "errors: 0", "12.5% of"] {
            #expect(table.contains(text), "\(text)")
        }
    }

    @Test("Beside the messages of several engines stands what the tuning document has of them")
    func documentFigures() throws {
        let document = try compare(["kvstore", "rocksdb", "sqlite", "postgres"], rounds: 1) { name, _ in
            var result = ResultDocument.sample(operations: ["kvstore": 80_000, "sqlite": 8_000][name] ?? 40_000)
            (result.engine, result.tuning) = (name, "documented")
            return result
        }
        let lines = document.table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(document.table.split(separator: "\n").allSatisfy { $0.count <= 60 }, "\(document.table)")
        #expect(lines.contains(["kvstore", "80,000", "1.00", "38,500", "1.00"]))
        #expect(lines.contains(["rocksdb", "40,000", "0.50"]))
        #expect(lines.contains(["sqlite", "8,000", "0.10", "5,000-10,000", "0.13-0.26"]))
        #expect(lines.contains(["postgres", "40,000", "0.50", "1,000-2,000", "0.026-0.052"]))
        let others = try compare(["rocksdb", "lmdb"], rounds: 1) { name, _ in
            var result = ResultDocument.sample(operations: 10)
            (result.engine, result.tuning) = (name, "documented")
            return result
        }
        #expect(!others.table.contains("tuning document"))
    }

    @Test("Tunings and durabilities of one engine are named by what tells them apart")
    func variants() throws {
        var options = ComparisonOptions()
        options.tunings = [.documented, .before]
        #expect(options.contestants.map(\.name) == ["documented", "before"])
        options.durabilities = [.buffered, .synced]
        #expect(
            options.contestants.map(\.name) == [
                "documented/buffered", "documented/synced", "before/buffered", "before/synced",
            ])
        #expect(
            options.contestants[3].options.durability == .synced && options.contestants[3].options.tuning == .before)
        options.engines = ["kvstore", "rocksdb"]
        options.tunings = []
        #expect(
            options.contestants.map(\.name) == [
                "kvstore/buffered", "kvstore/synced", "rocksdb/buffered", "rocksdb/synced",
            ])
    }

    @Test("Who got further in the same time is compared up to the work that all have done")
    func sameWork() throws {
        // The first does 1,000 in its first second and 100 in each of the next, the second always 150.
        let document = try compare(["kvstore", "sqlite"], rounds: 1) { name, _ in
            let counts = name == "kvstore" ? [1000, 1100, 1200, 1300] : [150, 300, 450, 600]
            var result = ResultDocument.sample(operations: Double(counts[3]) / 4)
            (result.writes, result.reads, result.seconds) = (counts[3], 0, 4)
            result.series = counts.enumerated().map { SeriesSample(t: Double($0 + 1), writes: $1, reads: 0) }
            return result
        }
        let figures = try document.contestants.map { try #require($0.figures[ComparedFigure.sameWork]) }
        #expect(figures[0].median == 1000)
        #expect(figures[1].median == 150)
        #expect(figures[1].ratio == 0.15)
        #expect(document.table.contains("up to the same work"))
        // Where all have the same to do there is nothing to add.
        let fixed = try compare(["kvstore", "sqlite"], rounds: 1) { _, _ in .sample(operations: 10) }
        #expect(fixed.contestants[0].figures[ComparedFigure.sameWork] == nil)
        #expect(!fixed.table.contains("up to the same work"))
    }

    @Test("A figure that a round lacks is none; the median of an even number is between the middle two")
    func figures() {
        #expect(FigureDocument([1, nil], toFirst: [1, 2]) == nil)
        #expect(FigureDocument([], toFirst: []) == nil)
        #expect(FigureDocument.median([4, 1, 3, 2]) == 2.5)
        #expect(FigureDocument.median([3, 1, 2]) == 2)
        let figure = FigureDocument([10, 20, 30], toFirst: [nil, 10, 10])
        #expect(figure?.ratios == [2, 3] && figure?.ratio == 2.5)
        #expect(figure?.spread == "-50% +50%")
        #expect(FigureDocument([5], toFirst: [nil])?.ratio == nil)
        #expect(
            [0.0123, 0.5, 1, 12.345, 1234.5].map(ComparisonDocument.ratio) == ["0.012", "0.50", "1.00", "12.3", "1235"])
    }

    @Test("What ends it early leaves the rounds that are complete, marked")
    func cutShort() throws {
        let stop = StopRequest()
        var runs = 0
        let document = try compare(["kvstore", "sqlite"], rounds: 5, stop: stop) { _, _ in
            runs += 1
            if runs == 6 { stop.make(signal: SIGTERM) }
            return .sample(operations: 10)
        }
        #expect(document.rounds == 2)
        #expect(document.contestants.allSatisfy { $0.runs.count == 2 })
        #expect(document.cutShort == "SIGTERM")
        #expect(document.table.contains("CUT SHORT by SIGTERM"))
        // The third round is there, and counts in nothing.
        #expect(document.unfinished?.count == 2)
        #expect(document.table.contains("of the round that was cut short"))
        let schema = try JSONSchema.named("kvbench-comparison")
        #expect(try schema.complaints(about: JSONText.encode(document)) == [])
        #expect(throws: Interrupted.self) { try compare(["kvstore", "sqlite"], rounds: 5, stop: stop) { _, _ in nil } }
    }

    @Test("An error in a run is told by whose it is, and the status is 1")
    func errors() throws {
        let document = try compare(["kvstore", "sqlite"], rounds: 2) { name, _ in
            var result = ResultDocument.sample(operations: 10)
            if name == "sqlite" { (result.errors, result.failures) = (3, ["a wrong value"]) }
            return result
        }
        #expect(document.exitStatus == 1)
        #expect(document.table.contains("errors of sqlite: 6\n  a wrong value\n"))
    }

    @Test("What cannot be compared is refused")
    func refusals() throws {
        func refusal(_ change: (inout ComparisonOptions) -> Void) throws -> String {
            var options = ComparisonOptions()
            change(&options)
            return try #require(throws: UsageError.self) { try Comparison(options) }.message
        }
        #expect(try refusal { _ in }.contains("--engines"))
        #expect(try refusal { $0.engines = ["kvstore", "kvstore"] }.contains("twice"))
        #expect(try refusal { $0.engines = ["kvstore", "nonsense"] }.contains("nonsense"))
        #expect(try refusal { $0.tunings = [.before] }.contains("nothing to compare"))
        #expect(
            try refusal {
                $0.engines = ["kvstore", "sqlite"]
                $0.tunings = [.documented, .before]
            }.contains("sqlite"))
        #expect(
            try refusal {
                $0.tunings = [.documented, .before]
                $0.rounds = 0
            }.contains("--rounds"))
        #expect(
            try refusal {
                $0.tunings = [.documented, .before]
                $0.run.server = .own
            }.contains("--postgres"))
    }

    @Test("Is as its schema says, and so are the results in it")
    func schema() throws {
        let document = try compare(["kvstore", "sqlite"], rounds: 2) { _, _ in .sample(operations: 10) }
        let text = try JSONText.encode(document)
        #expect(try JSONSchema.named("kvbench-comparison").complaints(about: text) == [])
        #expect(try JSONDecoder().decode(ComparisonDocument.self, from: Data(text.utf8)) == document)
        for run in document.contestants.flatMap(\.runs) {
            #expect(try JSONSchema.named("kvbench-result").complaints(about: JSONText.encode(run)) == [])
        }
    }

    private func compare(
        _ engines: [String], rounds: Int, stop: StopRequest = StopRequest(),
        _ result: (_ name: String, _ round: Int) -> ResultDocument?
    ) throws -> ComparisonDocument {
        var options = ComparisonOptions()
        options.engines = engines
        options.rounds = rounds
        var runs: [String: Int] = [:]
        return try Comparison(options).run(stop: stop, progress: { _ in }) { contestant, _ in
            defer { runs[contestant.name, default: 0] += 1 }
            return result(contestant.name, runs[contestant.name, default: 0])
        }
    }
}

extension ResultDocument {
    /// A result with that rate.
    fileprivate static func sample(operations: Double) -> ResultDocument {
        var document = ResultDocument.sample
        document.operationsPerSecond = operations
        return document
    }
}
