public import FoundationEssentials
public import KVStoreInterface

extension Data: Bytes {
    /// Calls `body` with the bytes, which are not copied.
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes)
    }
}
