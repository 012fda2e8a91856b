import Glibc
import Synchronization

/// One flag that every worker looks at before each operation: set by a signal or by too many errors.
public final class StopRequest: Sendable {
    private let reason = Atomic<Int32>(StopRequest.none)

    private static let none: Int32 = 0
    private static let errors: Int32 = -1

    /// A request that has not been made yet.
    public init() {}

    /// Whether the run should end.
    var isMade: Bool { reason.load(ordering: .relaxed) != Self.none }

    /// The signal that asked for the end, or `nil` when none did.
    var signal: Int32? {
        let reason = reason.load(ordering: .relaxed)
        return reason > 0 ? reason : nil
    }

    /// Whether the run was ended because too much had gone wrong.
    var isForErrors: Bool { reason.load(ordering: .relaxed) == Self.errors }

    /// The exit status that a shell gives a process that a signal ended; `nil` when none did.
    public var exitStatus: Int32? { signal.map { 128 + $0 } }

    /// What ended the run, for a document: the name of a signal, or `errors`. `nil` when nothing did.
    var name: String? {
        guard let signal else { return isForErrors ? "errors" : nil }
        let names = [SIGINT: "SIGINT", SIGTERM: "SIGTERM", SIGHUP: "SIGHUP"]
        return names[signal] ?? "signal \(signal)"
    }

    /// Ends the run on behalf of a signal. The first reason stays.
    ///
    /// - Returns: Whether this was the first reason.
    @discardableResult
    func make(signal: Int32) -> Bool {
        make(signal)
    }

    /// Ends the run because too much has gone wrong. The first reason stays.
    func makeForErrors() {
        _ = make(Self.errors)
    }

    private func make(_ new: Int32) -> Bool {
        reason.compareExchange(expected: Self.none, desired: new, ordering: .relaxed).exchanged
    }
}
