package import KVStore

/// What an operation led to; the store's and the model's must be equal.
package indirect enum Outcome: Equatable, Sendable {
    case done
    /// There was nothing to act on.
    case skipped
    case flag(Bool)
    case number(Int)
    case value([UInt8]?)
    case values([[UInt8]?])
    case entries([KeyValue])
    case several([Outcome])
    /// The code of an error.
    case failed(String)
    /// What a namespace's changes hold, for the model to judge.
    case changes([WriteBatch.Write])
    /// What a consumer of changes has read, likewise.
    case commits([[WriteBatch.Write]])

    static func entry(_ entry: KeyValue?) -> Outcome { .entries(entry.map { [$0] } ?? []) }

    static func attributes(_ attributes: [String: String]) -> Outcome {
        .values(attributes.map { Array("\($0.key) = \($0.value)".utf8) }.sorted { order($0, $1) < 0 })
    }

    static func failed(_ code: StoreError.Code) -> Outcome { .failed(code.description) }

    /// What the closure of an update or a transaction throws when it is to.
    static let planned = Outcome.failed("planned")
}

extension Outcome: CustomStringConvertible {
    package var description: String {
        switch self {
        case .done: "done"
        case .skipped: "skipped"
        case .flag(let flag): "\(flag)"
        case .number(let number): "\(number)"
        case .value(let value): Self.describe(value)
        case .values(let values): "[" + values.map(Self.describe).joined(separator: ", ") + "]"
        case .entries(let entries): Self.describe(entries)
        case .several(let outcomes): "(" + outcomes.map(\.description).joined(separator: ", ") + ")"
        case .failed(let code): "failed: \(code)"
        case .changes(let writes): "\(writes.count) changes"
        case .commits(let commits): "commits of \(commits.map(\.count)) writes"
        }
    }

    private static func describe(_ value: [UInt8]?) -> String {
        guard let value else { return "nothing" }
        let hex = value.prefix(12).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return value.count > 12 ? "\(hex)... (\(value.count) bytes)" : "<\(hex)>"
    }

    private static func describe(_ entries: [KeyValue]) -> String {
        let some = entries.prefix(40).map { "\(describe($0.key)): \(describe($0.value))" }
        return "\(entries.count) entries [" + some.joined(separator: ", ") + (entries.count > 40 ? ", ...]" : "]")
    }

    /// Where this differs from another one, in short.
    func difference(from other: Outcome) -> String {
        switch (self, other) {
        case (.several(let mine), .several(let others)) where mine.count == others.count:
            for (index, (one, another)) in zip(mine, others).enumerated() where one != another {
                return "part \(index): " + one.difference(from: another)
            }
            return "no difference"
        case (.entries(let mine), .entries(let others)):
            let shared = zip(mine, others).prefix { $0 == $1 }.count
            return "after \(shared) equal entries, \(Outcome.entries(Array(mine[shared...]))) and not "
                + "\(Outcome.entries(Array(others[shared...])))"
        default: return "\(self) and not \(other)"
        }
    }
}
