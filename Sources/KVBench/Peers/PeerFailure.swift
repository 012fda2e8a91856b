/// A call of a peer that failed.
struct PeerFailure: Error, CustomStringConvertible {
    let description: String

    /// - Parameters:
    ///   - call: what was to be done.
    ///   - text: what the engine says.
    init(_ engine: String, _ call: String, _ text: String) {
        description = "\(engine) failed to \(call): \(text)"
    }
}
