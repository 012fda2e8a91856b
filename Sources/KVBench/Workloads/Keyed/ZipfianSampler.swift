import Glibc

/// Draws ranks from 1 on, rank k in proportion to 1/k^0.99, by rejection-inversion: exact, and as fast to set up for a
/// billion ranks as for ten, so that their number may grow while it is used.
///
/// W. Hörmann and G. Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions", 1996.
struct ZipfianSampler {
    /// The exponent that the YCSB benchmark uses.
    static let exponent = 0.99

    /// How many ranks there are.
    private(set) var ranks: Int
    private var areaOfAll: Double

    private static let areaOfFirst = area(1.5) - 1
    private static let acceptedOutright = 2 - inverseOfArea(area(2.5) - weight(2))

    init(ranks: Int) {
        self.ranks = ranks
        areaOfAll = Self.area(Double(ranks) + 0.5)
    }

    /// Draws among that many ranks from now on.
    mutating func setRanks(_ ranks: Int) {
        guard ranks != self.ranks else { return }
        self = ZipfianSampler(ranks: ranks)
    }

    /// The next rank.
    func next(_ random: inout SplitMix64) -> Int {
        while true {
            let point = areaOfAll + random.nextUnit() * (Self.areaOfFirst - areaOfAll)
            let exact = Self.inverseOfArea(point)
            let rank = min(max(exact.rounded(), 1), Double(ranks))
            if rank - exact <= Self.acceptedOutright || point >= Self.area(rank + 0.5) - Self.weight(rank) {
                return Int(rank)
            }
        }
    }

    /// How often a rank is drawn, in proportion.
    private static func weight(_ rank: Double) -> Double {
        pow(rank, -exponent)
    }

    /// The area under the weights up to `rank`, but for a constant.
    private static func area(_ rank: Double) -> Double {
        (pow(rank, 1 - exponent) - 1) / (1 - exponent)
    }

    private static func inverseOfArea(_ area: Double) -> Double {
        pow(max(0, 1 + area * (1 - exponent)), 1 / (1 - exponent))
    }
}
