/// A shared library that is opened when an engine of it is asked for: its functions, as a table.
struct PeerLibrary<Calls>: @unchecked Sendable {  // the table is filled once and never changed
    let calls: UnsafePointer<Calls>

    /// - Parameters:
    ///   - engine: the name that the user knows.
    ///   - package: Debian's package that has the library.
    /// - Throws: `UsageError` that says what to install.
    init(
        engine: String, package: String,
        _ open: (UnsafeMutablePointer<UnsafePointer<CChar>?>) -> UnsafePointer<Calls>?
    ) throws(UsageError) {
        var problem: UnsafePointer<CChar>?
        guard let calls = open(&problem) else {
            throw UsageError(
                "the engine '\(engine)' is not installed: apt-get install \(package), then start again"
                    + " (\(problem.map { String(cString: $0) } ?? "the library is missing"))")
        }
        self.calls = calls
    }
}
