import KVStore

/// One task's commits of random keys.
struct TaskLoad {
    private(set) var commits = 0
    private let puts: Int
    private var random: UInt64
    private var key = [UInt8](repeating: UInt8(ascii: "0"), count: 16)
    private let value = [UInt8](repeating: UInt8(ascii: "v"), count: 100)

    init(seed: Int, puts: Int) {
        self.puts = puts
        random = UInt64(seed) &* 0x9fb2_1c65_1e98_df25 &+ 1
    }

    mutating func commit(to namespace: Namespace, _ durability: Durability) async throws {
        var batch = WriteBatch()
        for _ in 0..<puts {
            nextKey()
            batch.put(key, value)
        }
        try await namespace.commit(batch, durability: durability)
        commits += 1
    }

    private mutating func nextKey() {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var left = random >> 11
        for place in key.indices {
            key[place] = UInt8(ascii: "0") + UInt8(left % 10)
            left /= 10
        }
    }
}
