import CRocksDB

/// Makes a call of the engine that reports failure through an error pointer, and frees that.
@inline(__always)
func rocksDBCall<Result>(
    _ call: StaticString, _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) throws(PeerFailure) -> Result {
    var text: UnsafeMutablePointer<CChar>?
    let result = body(&text)
    if let text {
        defer { rocksdb_free(text) }
        throw PeerFailure("RocksDB", "\(call)", String(cString: text))
    }
    return result
}

extension RawSpan {
    /// The bytes as the C API wants them.
    @inline(__always)
    func withChars<Result>(_ body: (UnsafePointer<CChar>?, Int) throws -> Result) rethrows -> Result {
        try withUnsafeBytes { try body($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) }
    }
}

extension kvstore_bytes {
    /// The bytes where the engine has them.
    @inline(__always)
    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}
