import Foundation
import Testing

@testable import KVBench

@Suite("Distributions of keys")
struct KeyDistributionTests {
    private static let draws = 50_000

    @Test("Zipfian ranks are drawn in proportion to 1/k^0.99", arguments: [1, 2, 10, 1000, 100_000])
    func zipfianLaw(ranks: Int) {
        let sampler = ZipfianSampler(ranks: ranks)
        var random = SplitMix64(seed: 7)
        var counts: [Int: Int] = [:]
        for _ in 0..<Self.draws { counts[sampler.next(&random), default: 0] += 1 }
        #expect(counts.keys.allSatisfy { (1...ranks).contains($0) })

        let total = (1...ranks).reduce(0.0) { $0 + pow(Double($1), -0.99) }
        for rank in [1, 2, 3, 5, 10, 100] where rank <= ranks {
            let expected = Double(Self.draws) * pow(Double(rank), -0.99) / total
            // Five standard deviations, with a seed that does not change.
            #expect(abs(Double(counts[rank] ?? 0) - expected) < 5 * expected.squareRoot() + 1, "rank \(rank)")
        }
        let upperHalf = ((ranks / 2 + 1)...ranks).reduce(0.0) { $0 + pow(Double($1), -0.99) } / total
        let drawn = Double(counts.filter { $0.key > ranks / 2 }.values.reduce(0, +)) / Double(Self.draws)
        #expect(abs(drawn - upperHalf) < 0.01)
    }

    @Test("Ranks may grow while they are drawn")
    func growingRanks() {
        var sampler = ZipfianSampler(ranks: 1)
        var random = SplitMix64(seed: 7)
        #expect(sampler.next(&random) == 1)
        sampler.setRanks(5)
        #expect(Set((0..<1000).map { _ in sampler.next(&random) }) == [1, 2, 3, 4, 5])
    }

    @Test("Uniform picks each entry as often as any other")
    func uniform() throws {
        let counts = try counts(.uniform, keys: 100)
        #expect(counts.count == 100)
        #expect(counts.values.allSatisfy { abs(Double($0) - 500) < 5 * 500.0.squareRoot() })
    }

    @Test("Zipfian picks a few very often, and these lie apart")
    func zipfian() throws {
        let counts = try counts(.zipfian, keys: 10_000)
        let hottest = counts.sorted { $0.value > $1.value }.prefix(10)
        // The sum of the first ten weights over that of all 10,000.
        let share = Double(hottest.map(\.value).reduce(0, +)) / Double(Self.draws)
        #expect(abs(share - 0.286) < 0.02)
        let places = hottest.map(\.key).sorted()
        #expect(places[0] < 5000 && places[9] >= 5000)
        #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 > 1 })
    }

    @Test("Latest picks the highest number most often, also while there are more and more")
    func latest() throws {
        let counts = try counts(.latest, keys: 1000)
        #expect(counts.max { $0.value < $1.value }?.key == 999)
        #expect(counts[999, default: 0] > counts[998, default: 0])
        #expect(counts[998, default: 0] > counts[990, default: 0])
        // By age it is the same distribution: the k-th latest in proportion to 1/k^0.99.
        let drawn = Double(counts.values.reduce(0, +))
        let total = (1...1000).reduce(0.0) { $0 + pow(Double($1), -0.99) }
        for age in 1...20 {
            let expected = drawn * pow(Double(age), -0.99) / total
            let found = Double(counts[1000 - age, default: 0])
            #expect(abs(found - expected) < 5 * expected.squareRoot() + 1, "age \(age)")
        }

        var keys = KeyChooser(try dataSet(keys: 100), .latest, worker: 0)
        let grown = (0..<2000).map { _ in keys.next(of: 250) }
        #expect(grown.contains(249) && grown.allSatisfy { (0..<250).contains($0) })
    }

    @Test("The same seed and worker pick the same, others pick differently", arguments: KeyDistribution.allCases)
    func seeds(distribution: KeyDistribution) throws {
        func picks(seed: UInt64, worker: Int) throws -> [Int] {
            var keys = KeyChooser(try dataSet(keys: 1000, seed: seed), distribution, worker: worker)
            return (0..<100).map { _ in keys.next() }
        }
        #expect(try picks(seed: 1, worker: 0) == picks(seed: 1, worker: 0))
        #expect(try picks(seed: 1, worker: 0) != picks(seed: 2, worker: 0))
        #expect(try picks(seed: 1, worker: 0) != picks(seed: 1, worker: 1))
    }

    @Test("No two workers write the same entry, and every entry has its writer", arguments: [1, 3])
    func owners(namespaces: Int) throws {
        let data = try dataSet(keys: 101, namespaces: namespaces)
        var owned = (0..<data.workers).map { worker in
            Set((0..<101).map { data.owned(by: worker, near: $0) })
        }
        for index in 0..<101 {
            for worker in 0..<data.workers {
                let own = data.owned(by: worker, near: index)
                #expect(data.keyspace(of: own) == data.keyspace(of: index))
                for keyspace in 0..<namespaces {
                    #expect(data.keyspace(of: data.owned(by: worker, near: index, in: keyspace)) == keyspace)
                }
            }
        }
        #expect(owned.map(\.count).reduce(0, +) == 101)
        let all = owned.removeFirst()
        #expect(owned.reduce(all) { $0.union($1) } == Set(0..<101))
    }

    private func counts(_ distribution: KeyDistribution, keys count: Int) throws -> [Int: Int] {
        var keys = KeyChooser(try dataSet(keys: count), distribution, worker: 0)
        var counts: [Int: Int] = [:]
        for _ in 0..<Self.draws { counts[keys.next(), default: 0] += 1 }
        #expect(counts.keys.allSatisfy { (0..<count).contains($0) })
        return counts
    }

    private func dataSet(keys: Int, seed: UInt64 = 1, namespaces: Int = 1) throws -> DataSet {
        var options = RunOptions()
        options.keys = keys
        options.seed = seed
        options.workers = 5
        options.namespaces = namespaces
        return try DataSet(options, valueSize: 100)
    }
}
