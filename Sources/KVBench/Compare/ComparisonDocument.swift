/// What a comparison measured: the JSON document of `kvbench compare --json`, described by
/// `docs/kvbench-comparison.schema.json`.
public struct ComparisonDocument: Codable, Sendable, Equatable {
    /// The version of the layout that this document has, which is that of the results in it.
    public var schema = ResultDocument.currentSchema
    /// Always `comparison`.
    public var kind = "comparison"
    /// When it began: the date and the time in UTC.
    public var started: String
    /// What ended it before its last round, as in a result. Only rounds that were complete are in it.
    @OrNull public var cutShort: String? = nil
    /// The results of a round that did not come to its end: they count in no figure.
    @OrNull public var unfinished: [ResultDocument]? = nil
    /// How often each has run.
    public var rounds: Int
    /// Who took part, the first of which the others are compared with.
    public var contestants: [ContestantDocument]

    enum CodingKeys: String, CodingKey {
        case schema, kind, started, rounds, contestants, unfinished
        case cutShort = "cut_short"
    }

    init(started: String, cutShort: String?, contestants: [(name: String, runs: [ResultDocument])]) {
        self.started = started
        self.cutShort = cutShort
        rounds = contestants.first?.runs.count ?? 0
        let sameWork = SameWork(contestants.map(\.runs))
        let values = contestants.enumerated().map { place, contestant in
            ComparedFigure.all.map { figure in
                contestant.runs.indices.map { figure.value(contestant.runs[$0], sameWork.rates[place][$0]) }
            }
        }
        self.contestants = contestants.enumerated().map { place, contestant in
            var figures: [String: FigureDocument] = [:]
            for (index, figure) in ComparedFigure.all.enumerated() {
                figures[figure.name] = FigureDocument(values[place][index], toFirst: values[0][index])
            }
            return ContestantDocument(name: contestant.name, figures: figures, runs: contestant.runs)
        }
    }

    /// The exit status of the tool: 1 when anything went wrong during a run.
    public var exitStatus: Int32 { contestants.contains { $0.runs.contains { $0.errors > 0 } } ? 1 : 0 }
}

/// One that took part.
public struct ContestantDocument: Codable, Sendable, Equatable {
    /// What tells it from the others.
    public var name: String
    /// Over the rounds, by the names of the fields of a result; those that there are.
    public var figures: [String: FigureDocument]
    /// The results, one a round.
    public var runs: [ResultDocument]
}

/// A figure over the rounds.
public struct FigureDocument: Codable, Sendable, Equatable {
    /// The median.
    public var median: Double
    /// The least.
    public var least: Double
    /// The most.
    public var most: Double
    /// Of each round, what this one has over what the first one has in the same round.
    public var ratios: [Double]
    /// The median of the ratios; `null` without any.
    @OrNull public var ratio: Double? = nil

    enum CodingKeys: String, CodingKey {
        case median, least, most, ratios, ratio
    }

    /// `nil` when a round has no such figure.
    init?(_ values: [Double?], toFirst first: [Double?]) {
        let present = values.compactMap { $0 }
        guard present.count == values.count, let least = present.min(), let most = present.max() else { return nil }
        (median, self.least, self.most) = (Self.median(present), least, most)
        ratios = zip(values, first).compactMap { value, first in
            guard let value, let first, first > 0 else { return nil }
            return (value / first).rounded(toPlaces: 4)
        }
        ratio = ratios.isEmpty ? nil : Self.median(ratios)
    }

    /// The middle one; of an even number the middle of the two.
    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : ((sorted[middle - 1] + sorted[middle]) / 2).rounded(toPlaces: 4)
    }
}
