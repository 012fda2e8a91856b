/// Bounds of the keys that start with some bytes.
enum KeyPrefix {
    /// The first key after all that start with `prefix`; `nil` when there is none.
    static func end(_ prefix: RawSpan) -> [UInt8]? {
        var end = prefix.withUnsafeBytes { Array($0) }
        while let last = end.last {
            if last < .max {
                end[end.count - 1] = last + 1
                return end
            }
            end.removeLast()
        }
        return nil
    }
}
