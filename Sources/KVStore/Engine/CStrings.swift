/// A copy of a text as C has it, at an address that does not change. To be deallocated.
func copyCString(_ text: String) -> UnsafeMutablePointer<CChar> {
    let chars = text.utf8CString
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: chars.count)
    chars.withUnsafeBufferPointer { chars in
        if let start = chars.baseAddress { copy.initialize(from: start, count: chars.count) }
    }
    return copy
}

/// Calls `body` with copies of texts as C has them, which are gone when it returns.
func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafePointer<CChar>?]) throws(EngineFailure) -> Result
) throws(EngineFailure) -> Result {
    let copies = texts.map(copyCString)
    defer { for copy in copies { copy.deallocate() } }
    return try body(copies.map { UnsafePointer($0) })
}
