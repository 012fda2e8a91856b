/// How long entries of a namespace live, and by which clock.
struct TimeToLive: Sendable {
    let milliseconds: UInt64
    let clock: ExpiryClock

    /// The trailer of a value that is written now.
    var trailer: [UInt8] { WriteBatch.trailer(of: clock.now, living: milliseconds) }

    /// - Parameter time: as of when.
    func isExpired(_ stored: UnsafeRawBufferPointer, at time: UInt64) -> Bool {
        ExpiryClock.expiry(of: stored).map { $0 <= time } ?? false
    }
}

/// Milliseconds since 1970, by the system's clock or another.
struct ExpiryClock: Sendable {
    let custom: (@Sendable () -> Timestamp)?

    var now: UInt64 {
        guard let custom else { return MonotonicClock.milliseconds1970 }
        return UInt64(max(0, custom().nanoseconds / 1_000_000))
    }

    /// The time in the trailer of a stored value; what has no trailer has no such time.
    static func expiry(of stored: UnsafeRawBufferPointer) -> UInt64? {
        guard stored.count >= 8 else { return nil }
        return UInt64(littleEndian: stored.loadUnaligned(fromByteOffset: stored.count - 8, as: UInt64.self))
    }
}
