package import KVStore

/// A process that does all that can be done to a store at once: calls of every kind, sync and async, beside
/// maintenance, with more namespaces than may be open, that are created and dropped; and closes it meanwhile.
///
/// `bad <what>` for a call that fails though nothing explains it, and for a wrong answer; `stuck: <what>` for one that
/// does not end. What was acknowledged must be there when the store is opened again, and nothing else.
package enum StressCommand {
    /// - Parameter holds: whether cursors, snapshots and transactions are used, which keep a namespace from being
    ///   reopened.
    package static func arguments(
        store: String, layout: Store.Layout, seed: UInt64, milliseconds: Int, holds: Bool
    ) -> [String] {
        [
            "stress", "--store", store, "--layout", layout.rawValue, "--seed", "\(seed & 0xFFFF_FFFF)",
            "--milliseconds",
            "\(milliseconds)", "--holds", holds ? "1" : "0",
        ]
    }

    package static func run(_ arguments: Arguments) throws {
        try Stress(arguments).run()
        ChildSetup.print("done")
    }
}
