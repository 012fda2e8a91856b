/// A moment in nanoseconds since 1970 began in UTC, without leap seconds: an integer to tools that read the key.
///
/// For those who keep moments without Foundation. A `Foundation.Date` is encoded otherwise, as the floating-point number of
/// seconds that it is: see the module `KVStoreFoundation`.
public struct Timestamp: Sendable, Hashable {
    /// Nanoseconds since 1970 began; negative before. Reaches from 1677 to 2262.
    public var nanoseconds: Int64

    /// That many nanoseconds after 1970 began.
    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
}

extension Timestamp: Comparable {
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Timestamp: RawRepresentable, KeyElement {
    /// The number of nanoseconds.
    @inlinable public var rawValue: Int64 { nanoseconds }

    /// That many nanoseconds after 1970 began.
    @inlinable public init(rawValue: Int64) { self.init(nanoseconds: rawValue) }
}
