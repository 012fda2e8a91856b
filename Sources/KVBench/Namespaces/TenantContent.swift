import KVStore

/// What each namespace of the benchmark holds: ten entries that tell whose they are.
enum TenantContent {
    static func name(_ number: Int) -> String { "tenant/\(number)" }

    private static func key(_ index: Int) -> String { "key/\(index)" }

    private static func value(_ number: Int, _ index: Int) -> [UInt8] {
        let text = Array("tenant \(number) entry \(index) ".utf8)
        return text + [UInt8](repeating: UInt8(ascii: "."), count: max(0, 100 - text.count))
    }

    static func write(_ number: Int, to namespace: Namespace) throws {
        try namespace.write { batch in
            for index in 0..<10 { batch.put(key(index), value(number, index)) }
        }
    }

    static func read(_ number: Int, from namespace: Namespace) throws {
        try check(number, number % 10, namespace)
    }

    static func readAll(_ number: Int, from namespace: Namespace) throws {
        for index in 0..<10 { try check(number, index, namespace) }
    }

    private static func check(_ number: Int, _ index: Int, _ namespace: Namespace) throws {
        guard try namespace.get(key(index)) == value(number, index) else {
            throw WrongAnswer("\(name(number)) does not hold what was written to it")
        }
    }
}

/// A load on one namespace: four reads for each write, over a thousand keys.
final class HotLoad {
    private let namespace: Namespace
    private var random: SplitMix64
    private let value = [UInt8](repeating: 7, count: 100)

    init(_ namespace: Namespace, seed: UInt64) {
        self.namespace = namespace
        random = SplitMix64(seed: seed)
    }

    /// Operations a second, over so many seconds.
    func rate(seconds: Double) throws -> Double {
        let start = MonotonicClock.now()
        let end = start + UInt64(seconds * 1e9)
        var count = 0
        while MonotonicClock.now() < end {
            try namespace.put("key/\(random.next() % 1000)", value)
            for _ in 0..<4 { _ = try namespace.get("key/\(random.next() % 1000)") }
            count += 5
        }
        return Double(count) / (Double(MonotonicClock.now() - start) / 1e9)
    }
}
