/// A signal ended the run before it was complete; there is no result.
public struct Interrupted: Error, Sendable, CustomStringConvertible {
    /// The signal's number.
    public let signal: Int32
    /// The data directory that stays because the user named it, or `nil` when it was ours and is gone.
    let keptData: String?

    /// The exit status that a shell gives a process that ended by that signal.
    public var exitStatus: Int32 { 128 + signal }

    /// One line: that the run was interrupted and what became of its data.
    public var description: String {
        "interrupted, no result; " + (keptData.map { "the data stays in \($0)" } ?? "the data is removed")
    }
}
