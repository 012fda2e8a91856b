/// Which operations a load mixes, and how often each is picked: `read=80,put=15,scan=5`.
public struct OperationMix: Sendable, Equatable {
    /// What one operation of the mix does.
    enum Kind: String, CaseIterable, Sendable {
        case read
        case readMissing = "read-missing"
        case scan
        case put
        case insert
        case update
        case delete

        /// For `kvbench list`.
        var summary: String {
            switch self {
            case .read: "reads an entry"
            case .readMissing: "asks for a key that is not there, between those that are"
            case .scan: "seeks to a key and reads 1 to --scan-length entries from there on"
            case .put: "writes an entry that is there, or was"
            case .insert: "adds an entry"
            case .update: "reads an entry and writes it again, as one"
            case .delete: "deletes an entry, which may be gone already; a put or an update brings it back"
            }
        }

        fileprivate static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
    }

    /// How often one kind is picked.
    struct Share: Sendable, Equatable {
        let kind: Kind
        /// Out of the sum of all.
        let weight: Double
    }

    /// In the order in which they were named, each once and with a weight above 0.
    let shares: [Share]
    /// Of a number below `range` the kind of the first limit above it.
    private let limits: [(limit: Int, kind: Kind)]

    /// How many numbers decide on what is picked: finer than any share that one would name.
    static let range = 1 << 30

    /// - Parameter shares: the kinds and their weights, which need not add up to anything.
    init(_ shares: [(Kind, Double)]) {
        self.shares = shares.filter { $0.1 > 0 }.map { Share(kind: $0.0, weight: $0.1) }
        let total = self.shares.reduce(0) { $0 + $1.weight }
        var sum = 0.0
        limits = self.shares.map {
            sum += $0.weight
            return (Int(sum / total * Double(Self.range)), $0.kind)
        }
    }

    /// The mix that `text` names.
    ///
    /// - Throws: `UsageError` for a kind that there is none of or that is named twice, for a share that is no number from 0
    ///   to a million, and when none is above 0.
    public static func parse(_ text: String) throws(UsageError) -> OperationMix {
        var shares: [(Kind, Double)] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: "=", omittingEmptySubsequences: false).map {
                String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            guard words.count == 2 else {
                throw UsageError(
                    "--mix needs KIND=SHARE with commas between them, for example read=80,put=15,scan=5; '\(part)' is not"
                        + " that")
            }
            guard let kind = Kind(rawValue: words[0]) else {
                throw UsageError("--mix has no '\(words[0])'; give one of: \(Kind.list)")
            }
            guard !shares.contains(where: { $0.0 == kind }) else {
                throw UsageError("--mix names \(kind.rawValue) twice; give one share")
            }
            guard let weight = Double(words[1]), (0...Self.largestShare).contains(weight) else {
                throw UsageError("--mix has \(words[1]) for \(kind.rawValue); give a number from 0 to 1000000")
            }
            shares.append((kind, weight))
        }
        let mix = OperationMix(shares)
        guard !mix.shares.isEmpty else {
            throw UsageError("--mix has no share above 0; give for example read=80,put=20")
        }
        return mix
    }

    private static let largestShare = 1e6

    /// As ``parse(_:)`` takes it.
    var text: String { shares.map { "\($0.kind.rawValue)=\(NumberText.plain($0.weight))" }.joined(separator: ",") }

    /// The kind that a number below ``range`` picks.
    func kind(_ number: Int) -> Kind {
        // There is one with a limit of all but for rounding.
        for (limit, kind) in limits where number < limit { return kind }
        return shares[shares.count - 1].kind
    }

    /// Whether there are operations of that kind.
    func has(_ kind: Kind) -> Bool { shares.contains { $0.kind == kind } }

    /// Whether entries that are there may change or go while others read.
    var changesEntries: Bool { has(.put) || has(.update) || has(.delete) }

    public static func == (one: OperationMix, other: OperationMix) -> Bool { one.shares == other.shares }
}
