internal import FaultKit
internal import Foundation

/// One store and its model, from an empty folder on, which do the same operations.
package final class Run {
    package let setup: Setup
    private let folder: WorkFolder?
    private let system: System
    private let model: Model
    private(set) package var count = 0

    package init(_ setup: Setup, flaw: Model.Flaw? = nil) throws {
        self.setup = setup
        let folder = try WorkFolder("model", inMemory: true)
        self.folder = folder
        system = try System(setup, in: folder.path)
        model = Model(setup, flaw: flaw)
    }

    /// A store that belongs to somebody else.
    init(_ setup: Setup, _ system: System, _ model: Model) {
        self.setup = setup
        folder = nil
        self.system = system
        self.model = model
    }

    deinit {
        // Before its folder goes: the engine, with assertions, ends the process where it cannot begin a new log.
        try? system.close()
    }

    /// Does an operation with both.
    ///
    /// - Returns: nil when they agree.
    package func apply(_ operation: Operation) -> Divergence? {
        defer { count += 1 }
        let observed = system.apply(operation)
        let expected = model.apply(operation, observed: observed)
        guard observed != expected else { return nil }
        return Divergence(
            index: count, operation: operation, expected: expected, observed: observed, lastError: system.lastError)
    }

    /// Closes the store and compares all that it has when it is opened again.
    package func finish() throws -> Divergence? {
        for operation in [Operation(.compare), Operation(.restart), Operation(.compare), Operation(.verify)] {
            if let divergence = apply(operation) { return divergence }
        }
        try system.close()
        return nil
    }

    /// Plays a history from the start.
    package static func play(_ history: [Operation], _ setup: Setup, flaw: Model.Flaw? = nil, finishes: Bool = true)
        throws -> Divergence?
    {
        let run = try Run(setup, flaw: flaw)
        for operation in history {
            if let divergence = run.apply(operation) { return divergence }
        }
        return finishes ? try run.finish() : nil
    }
}
