/// Proof that a commit was acknowledged, and the way to wait until it would survive a power cut.
public protocol KeyValueReceipt: Sendable {
    /// Whether the commit is known to survive a power cut.
    var isDurable: Bool { get }

    /// Waits until the commit would survive a power cut.
    ///
    /// - Throws: `.ioError` or `.noSpace` when it may be lost.
    nonisolated(nonsending) func waitUntilDurable() async throws
}
