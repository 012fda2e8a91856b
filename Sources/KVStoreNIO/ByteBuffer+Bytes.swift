#if NIO
    public import KVStoreInterface
    public import NIOCore

    extension ByteBuffer: Bytes {
        /// Calls `body` with the readable bytes, which are neither copied nor consumed.
        public func withBytes<Result: ~Copyable, Failure: Error>(
            _ body: (RawSpan) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            try body(readableBytesSpan)
        }
    }
#endif
