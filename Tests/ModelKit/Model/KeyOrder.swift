internal import Glibc

/// Compares two keys as unsigned bytes: negative, zero or positive.
@inline(__always)
func order(_ one: [UInt8], _ other: [UInt8]) -> Int {
    one.withUnsafeBufferPointer { one in
        other.withUnsafeBufferPointer { other in
            let shared = min(one.count, other.count)
            if shared > 0 {
                let difference = memcmp(one.baseAddress.unsafelyUnwrapped, other.baseAddress.unsafelyUnwrapped, shared)
                if difference != 0 { return Int(difference) }
            }
            return one.count - other.count
        }
    }
}
