/// Which server an engine that needs one uses, as `--postgres` takes it.
public enum ServerChoice: Sendable, Equatable {
    /// One of its own, in the directory of the data, for as long as the run takes.
    case own
    /// One that is there, by its address.
    case at(String)

    /// The choice that `text` names: `auto`, or an address as libpq takes it.
    ///
    /// - Throws: `UsageError` for an empty one.
    public static func parse(_ text: String) throws(UsageError) -> ServerChoice {
        guard !text.isEmpty else {
            throw UsageError("--postgres needs auto, or an address such as postgresql://user@host/database")
        }
        return text == "auto" ? .own : .at(text)
    }
}
