public import KVStoreInterface
internal import Synchronization

/// What goes wrong in a ``FaultyStore``, and when. Nothing does until it is told to.
///
/// ```swift
/// let faults = Faults()
/// let store = FaultyStore(base, faults)
/// faults.fail(.commit, at: 3, with: .noSpace)
/// ```
///
/// Counts the calls of each kind. Faults are for calls to come: the third is the third from when it was said.
public final class Faults: Sendable {
    /// A kind of call.
    public enum Call: String, Sendable, Hashable, CaseIterable {
        /// ``KVStoreInterface/KeyValueReader/get(_:)`` and its like, of a namespace or a moment of it.
        case get
        /// Asking for the next of the entries of a range.
        case nextEntry
        /// Taking a snapshot.
        case snapshot
        /// Committing a batch or deleting a range, also to several namespaces.
        case commit
        /// An update, with its commit.
        case update
        /// A transaction, with its commit.
        case transaction
        /// Asking for the next change.
        case nextChange
        /// Looking up, creating, listing, renaming and dropping namespaces, and their attributes.
        case catalog
        /// Closing the store.
        case close
    }

    /// What becomes of a call that fails.
    public enum Outcome: Sendable, Hashable {
        /// It was not made: nothing was written.
        case notDone
        /// It was made, and its caller is not told so: as after a failed write, whose outcome is unknown.
        case done
    }

    private struct Fault {
        let first: Int
        let last: Int
        let code: StoreError.Code
        let outcome: Outcome
    }

    private struct State {
        var counts: [Call: Int] = [:]
        var faults: [Call: [Fault]] = [:]
        var actions: [Call: @Sendable (Int) async throws -> Void] = [:]
    }

    private let state = Mutex(State())

    /// No faults.
    public init() {}

    /// How many calls of a kind were made so far, also of those that failed.
    public func count(_ call: Call) -> Int { state.withLock { $0.counts[call] ?? 0 } }

    /// Has calls fail.
    ///
    /// - Parameters:
    ///   - call: of which kind.
    ///   - number: which of those to come is the first that fails, the next one by default.
    ///   - times: how many in a row fail, one by default.
    ///   - code: with which code.
    ///   - outcome: what becomes of them. A call that only reads is made or not, and its caller sees no difference.
    public func fail(
        _ call: Call, at number: Int = 1, times: Int = 1, with code: StoreError.Code, outcome: Outcome = .notDone
    ) {
        guard number >= 1, times >= 1 else { return }
        state.withLock { state in
            let (first, isTooLarge) = (state.counts[call] ?? 0).addingReportingOverflow(number)
            guard !isTooLarge else { return }
            let (last, isOpen) = first.addingReportingOverflow(times - 1)
            state.faults[call, default: []].append(
                Fault(first: first, last: isOpen ? .max : last, code: code, outcome: outcome))
        }
    }

    /// Has an action run before each call of a kind, for delays and for tests of what happens at a moment; an error of it is
    /// the call's. One action for each kind: the last that was given, none for `nil`.
    ///
    /// - Parameter action: gets the number of the call, from one on. Calls that come at the same time run it at the same time.
    public func before(_ call: Call, _ action: (@Sendable (Int) async throws -> Void)?) {
        state.withLock { $0.actions[call] = action }
    }

    /// Forgets all faults and actions, not the counts.
    public func clear() {
        state.withLock { state in
            state.faults = [:]
            state.actions = [:]
        }
    }

    /// Makes a call, as it is to go.
    func call<Result>(
        _ call: Call, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        let (number, fault, action) = state.withLock { state in
            let number = (state.counts[call] ?? 0) + 1
            state.counts[call] = number
            return (number, state.faults[call]?.first { $0.first <= number && number <= $0.last }, state.actions[call])
        }
        try await action?(number)
        guard let fault else { return try await body() }
        if fault.outcome == .done { _ = try await body() }
        let ending = fault.outcome == .done ? "it was made" : "it was not made"
        throw StoreError(
            fault.code, StoreError.Operation(call.rawValue),
            "an injected fault at call \(number) of its kind; \(ending)")
    }
}
