public import SystemPackage

/// What `kvbench namespaces` does: how many namespaces there are and how they are used.
public struct NamespacesOptions: Sendable {
    /// How many namespaces are created.
    public var namespaces = 10_000
    /// Where they live.
    public var layout = LayoutChoice.separate
    /// How many threads create, write and read them.
    public var workers = 4
    /// How many first uses are timed, one after another.
    public var samples = 500
    /// How many may be open at once; `nil` leaves it to the library.
    public var maxOpen: Int?
    /// How often the hot namespace and the lone one take turns, a second each.
    public var rounds = 5
    /// Which namespaces are picked follows from it.
    public var seed: UInt64 = 1
    /// Where the data goes, and stays. `nil`: a fresh directory in the current one, removed at the end.
    public var data: FilePath?

    /// Whether the namespaces of an earlier run are in ``data``: none are created then.
    public var reusesData = false

    /// The defaults.
    public init() {}

    /// - Throws: `UsageError` for the first value that no run can be made with.
    func validate() throws(UsageError) {
        if reusesData, data == nil { throw UsageError("--reuse needs --data with what an earlier run left there") }
        for (name, value) in [
            ("--namespaces", namespaces), ("--workers", workers), ("--samples", samples), ("--rounds", rounds),
            ("--max-open", maxOpen ?? 1),
        ] where !(1...10_000_000).contains(value) {
            throw UsageError("\(name) is \(value); give a number from 1 to 10,000,000")
        }
    }
}
