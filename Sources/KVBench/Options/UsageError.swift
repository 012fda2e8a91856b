/// What was asked for cannot be done as asked; `message` says what to ask for instead.
///
/// Nothing has been measured and no data has been touched when it is thrown. The tool exits with status 64.
public struct UsageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A sentence for the person at the terminal: what is wrong and what to give instead.
    public let message: String

    /// What the tool exits with.
    public static let exitStatus: Int32 = 64

    /// An error with that message.
    public init(_ message: String) {
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
