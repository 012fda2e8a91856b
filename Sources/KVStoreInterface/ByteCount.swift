/// A number of bytes, so that a size cannot be mistaken for a count.
///
/// Sums and multiples that are too large for it are the largest number there is.
public struct ByteCount: Sendable, Hashable, Comparable, Codable {
    /// The number of bytes.
    public var bytes: Int

    /// A number of bytes.
    public init(_ bytes: Int) {
        self.bytes = bytes
    }

    /// A number of bytes.
    public static func bytes(_ count: Int) -> ByteCount { ByteCount(count) }

    /// A number of kibibytes (1,024 bytes).
    public static func kibibytes(_ count: Int) -> ByteCount { count * ByteCount(1 << 10) }

    /// A number of mebibytes (1,048,576 bytes).
    public static func mebibytes(_ count: Int) -> ByteCount { count * ByteCount(1 << 20) }

    /// A number of gibibytes (1,073,741,824 bytes).
    public static func gibibytes(_ count: Int) -> ByteCount { count * ByteCount(1 << 30) }

    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    public static func + (left: ByteCount, right: ByteCount) -> ByteCount {
        let (sum, overflow) = left.bytes.addingReportingOverflow(right.bytes)
        return ByteCount(overflow ? (left.bytes < 0 ? .min : .max) : sum)
    }

    public static func * (left: Int, right: ByteCount) -> ByteCount {
        let (product, overflow) = left.multipliedReportingOverflow(by: right.bytes)
        return ByteCount(overflow ? ((left < 0) != (right.bytes < 0) ? .min : .max) : product)
    }

    public init(from decoder: any Decoder) throws {
        self.bytes = try decoder.singleValueContainer().decode(Int.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bytes)
    }
}

extension ByteCount: CustomStringConvertible {
    /// The size in the largest unit that fits it, exact when it is whole: `1 GiB`, `1.5 MiB`, `700 B`.
    public var description: String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var unit = 0
        var divisor = 1
        while unit < units.count - 1, bytes.magnitude / UInt(divisor) >= 1024 {
            divisor *= 1024
            unit += 1
        }
        if bytes % divisor == 0 { return "\(bytes / divisor) \(units[unit])" }
        let tenths = (Double(bytes) * 10 / Double(divisor)).rounded() / 10
        return "\(tenths) \(units[unit])"
    }
}
