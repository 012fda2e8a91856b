internal import CRocksDB

/// Makes a call that reports failure through an error pointer. Every such pointer is read and freed here.
@inline(__always)
func engineCall<Result: ~Copyable>(
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) throws(EngineFailure) -> Result {
    var text: UnsafeMutablePointer<CChar>?
    let result = body(&text)
    if let text { throw takeFailure(text) }
    return result
}

/// Makes a call that returns an object, for which a call that fails has a null pointer: it must not be unwrapped before
/// the error is read.
func engineObject(
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> OpaquePointer?
) throws(EngineFailure) -> OpaquePointer {
    guard let object = try engineCall(body) else { throw .refused(.engine, "the engine returned nothing") }
    return object
}

/// Makes a failure of an error text that the engine allocated, and frees the text.
@inline(never)
func takeFailure(_ text: UnsafeMutablePointer<CChar>) -> EngineFailure {
    defer { rocksdb_free(text) }
    return .status(String(cString: text))
}

/// Makes a call that must not wait; nil when it would have to.
@inline(__always)
func unlessIncomplete<Result: ~Copyable>(
    _ body: () throws(EngineFailure) -> Result
) throws(EngineFailure) -> Result? {
    do throws(EngineFailure) {
        return try body()
    } catch {
        guard error.code == .incomplete else { throw error }
        return nil
    }
}

extension RawSpan {
    /// Calls `body` with the start and length of the bytes as the C API wants them. The start is never nil: the engine
    /// builds strings from it, and a null pointer with length zero is not one.
    @inline(__always)
    func withChars<Result, Failure: Error>(
        _ body: (UnsafePointer<CChar>, Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBytes { (buffer) throws(Failure) -> Result in
            guard let start = buffer.baseAddress else { return try body(emptyChars, 0) }
            return try body(start.assumingMemoryBound(to: CChar.self), buffer.count)
        }
    }
}

/// A place to point at when there are no bytes.
nonisolated(unsafe) private let emptyChars: UnsafePointer<CChar> = {
    let place = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    place.initialize(to: 0)
    return UnsafePointer(place)
}()
