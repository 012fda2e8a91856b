/// A commit, and the log that tells what became of it.
struct LoggedCommit: Sendable {
    let sequence: UInt64
    let durability: Durability
    let log: WALState
}
