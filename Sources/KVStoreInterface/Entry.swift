/// A key and its value, copied.
public struct Entry: Sendable, Hashable {
    /// The key.
    public let key: [UInt8]
    /// The value; empty with ``ScanOptions/keysOnly``.
    public let value: [UInt8]

    /// An entry of these bytes.
    public init(key: [UInt8], value: [UInt8]) {
        self.key = key
        self.value = value
    }
}
