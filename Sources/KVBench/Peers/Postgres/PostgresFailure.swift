/// A statement that failed. What it was given is not told.
struct PostgresFailure: Error, CustomStringConvertible {
    let call: String
    /// As the standard has them: five characters.
    let code: String
    let message: String

    var description: String { "PostgreSQL failed to execute '\(call)': \(message) (\(code))" }

    static let notAllowed = "42501"
}
