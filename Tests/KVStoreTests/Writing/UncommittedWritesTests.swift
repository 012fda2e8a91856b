import Foundation
import KVStore
import Testing

@Suite("Uncommitted writes of every kind, read by key and by range")
struct UncommittedWritesTests {
    private func withAppending(_ body: (Namespace) throws -> Void) throws {
        try withTemporaryStore { store, _ in
            try body(try store.createNamespace("appending", options: NamespaceOptions(mergeOperator: .append)))
        }
    }

    @Test("A transaction is what a dictionary would be", arguments: [6, 60])
    func transaction(_ steps: Int) throws {
        var random = SeededRandom(test: "transactions of \(steps) steps")
        try withAppending { namespace in
            var model = AppendingModel()
            for _ in 0..<6000 / steps {
                try namespace.transaction { txn in
                    var txn = txn
                    for _ in 0..<steps {
                        let step = RandomStep(&random)
                        switch step {
                        case .get(let key): #expect(try txn.get(key) == model.values[key])
                        case .walk(let range, let moves):
                            var cursor = try txn.cursor(range)
                            #expect(try moves.walk(&cursor) == moves.walk(model.entries(in: range)))
                        default:
                            try step.write(in: &txn)
                            step.write(in: &model)
                        }
                    }
                }
                try #require(try namespace.entries().collect() == model.entries(in: .all))
            }
        }
    }

    @Test("So is an update", arguments: [6, 60])
    func update(_ steps: Int) throws {
        var random = SeededRandom(test: "updates of \(steps) steps")
        try withAppending { namespace in
            var model = AppendingModel()
            for _ in 0..<6000 / steps {
                try namespace.update { update in
                    for _ in 0..<steps { try update.check(RandomStep(&random), &model) }
                }
                try #require(try namespace.entries().collect() == model.entries(in: .all))
            }
        }
    }

    @Test("Updates of many threads are, one after another, over what waits and what is being written")
    func updatesOfThreads() throws {
        let random = SeededRandom(test: "updates of threads")
        try withAppending { namespace in
            // Closures run one after another, and see what those before them wrote.
            nonisolated(unsafe) var model = AppendingModel()
            let isDone = Flag()
            // Commits that are no updates, of a key behind all that updates look at.
            let other = RunningThread {
                while !isDone.isSet {
                    try namespace.put([0xFF, 0xFF, 0xFF], "plain")
                    usleep(2_000)
                }
            }
            try onThreads(8) { thread in
                var random = random
                for _ in 0...thread { random = SeededRandom(seed: random.next()) }
                for round in 0..<150 {
                    let steps = (0..<Int.random(in: 1...8, using: &random)).map { _ in RandomStep(&random) }
                    let fails = round % 16 == 15
                    do {
                        try namespace.update(durability: round % 5 == 0 ? .synced : nil) { update in
                            var own = model
                            for step in steps where !step.isWalkOfAll { try update.check(step, &own) }
                            if fails { throw Dropped() }
                            model = own
                        }
                    } catch is Dropped {}
                }
            }
            isDone.set()
            try other.get()
            try namespace.delete([0xFF, 0xFF, 0xFF])
            #expect(try namespace.entries().collect() == model.entries(in: .all))
        }
    }

    @Test("So are updates of tasks")
    func updatesOfTasks() async throws {
        let seed = SeededRandom(test: "updates of tasks")
        try await withTemporaryStore { store, _ in
            let namespace = try await store.createNamespace(
                "appending", options: NamespaceOptions(mergeOperator: .append))
            nonisolated(unsafe) var model = AppendingModel()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<400 {
                    var random = seed
                    for _ in 0...(task % 7) { random = SeededRandom(seed: random.next() ^ UInt64(task)) }
                    let steps = (0..<5).map { _ in RandomStep(&random) }
                    group.addTask {
                        try await namespace.update { update in
                            for step in steps { try update.check(step, &model) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await namespace.entries().collect() == model.entries(in: .all))
        }
    }

    @Test("What is merged by many threads is counted once, whoever reads it when")
    func counter() throws {
        try withTemporaryStore { store, _ in
            let sums = try store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
            let seen = try onThreads(8) { thread in
                try (0..<200).map { round in
                    try sums.update(durability: round % 40 == 0 ? .synced : nil) { update in
                        update.merge("n", MergeOperator.number(1))
                        let number = try update.get("n").flatMap { MergeOperator.number(in: $0) }
                        var cursor = try update.cursor()
                        #expect(try cursor.next())
                        #expect(MergeOperator.number(in: Array(cursor.value)) == number)
                        return number ?? -1
                    }
                }
            }
            #expect(seen.joined().sorted() == Array(1...1600))
        }
    }

    private struct Dropped: Error {}
}

extension RandomStep {
    /// Whether it sees keys that others write.
    fileprivate var isWalkOfAll: Bool {
        if case .walk(let range, _) = self { range.upperBound == nil } else { false }
    }
}

extension Update {
    /// Does a step, and compares what it reads.
    fileprivate mutating func check(_ step: RandomStep, _ model: inout AppendingModel) throws {
        switch step {
        case .get(let key):
            let value = try get(key)
            #expect(value == model.values[key])
        case .walk(let range, let moves):
            var cursor = try cursor(range)
            let found = try moves.walk(&cursor)
            #expect(found == moves.walk(model.entries(in: range)))
        default:
            step.write(in: &self)
            step.write(in: &model)
        }
    }
}
