/// What a ramp raises from step to step, and to what: `workers=1,2,4,8`, `rate=10000..100000:10000` or `keys=1000,10000`.
public struct RampSteps: Sendable, Equatable {
    /// What is raised.
    public enum Axis: String, CaseIterable, Sendable, Codable {
        case workers, rate, keys
    }

    let axis: Axis
    /// From the lowest to the highest, each once.
    let values: [Int]

    private static let most = 100

    /// The steps that `text` names: `workers`, `rate` or `keys`, and numbers and ranges `FIRST..LAST:STEP` with commas between them.
    ///
    /// - Throws: `UsageError` for what is neither, for a number below 1, a range that does not go up, and for fewer than two or
    ///   more than a hundred steps.
    public static func parse(_ text: String) throws(UsageError) -> RampSteps {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let axis = Axis(rawValue: String(parts[0])) else {
            throw UsageError(
                "--ramp needs workers=1,2,4,8, rate=10000..100000:10000 or keys=1000,10000; '\(text)' is none")
        }
        var values: Set<Int> = []
        for part in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            values.formUnion(try range(String(part)))
        }
        guard (2...most).contains(values.count) else {
            throw UsageError("--ramp has \(values.count) step\(values.count == 1 ? "" : "s"); give from 2 to \(most)")
        }
        return RampSteps(axis: axis, values: values.sorted())
    }

    private static func range(_ text: String) throws(UsageError) -> [Int] {
        if let value = Int(text), value >= 1 { return [value] }
        let words = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if words.count == 2, let dots = words[0].firstRange(of: ".."), let step = Int(words[1]), step >= 1,
            let first = Int(words[0][..<dots.lowerBound]), let last = Int(words[0][dots.upperBound...]),
            1 <= first, first <= last
        {
            guard (last - first) / step < most else {
                throw UsageError("--ramp has more than \(most) steps in '\(text)'")
            }
            return Array(stride(from: first, through: last, by: step))
        }
        throw UsageError("--ramp has '\(text)'; give a number from 1 on, or a range such as 10000..100000:10000")
    }

    /// The options of a step.
    func options(_ value: Int, of options: RunOptions) -> RunOptions {
        var step = options
        switch axis {
        case .workers: step.workers = value
        case .rate: step.rate = value
        case .keys: step.keys = value
        }
        return step
    }

    /// `4 workers`, `20,000 operations/s`.
    func name(_ value: Int) -> String {
        switch axis {
        case .workers: "\(value) worker\(value == 1 ? "" : "s")"
        case .rate: "\(NumberText.grouped(value)) operations/s"
        case .keys: "\(NumberText.grouped(value)) keys"
        }
    }
}
