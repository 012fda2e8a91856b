/// Where a store was not what its model says.
package struct Divergence: Sendable, CustomStringConvertible {
    /// The place of the operation in the history.
    package let index: Int
    package let operation: Operation
    let expected: Outcome
    let observed: Outcome
    let lastError: String

    package var description: String {
        var text = "operation \(index), \(operation):\n  the store: \(observed)\n  the model: \(expected)\n"
        text += "  the store has \(observed.difference(from: expected))"
        if case .failed = observed, !lastError.isEmpty { text += "\n  \(lastError)" }
        return text
    }
}
