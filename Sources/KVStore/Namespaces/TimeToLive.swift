internal import FoundationEssentials

/// How long entries of a namespace live, and by which clock.
struct TimeToLive: Sendable {
    let milliseconds: UInt64
    let clock: ExpiryClock

    /// The trailer of a value that is written now.
    var trailer: [UInt8] {
        let (expiry, overflow) = clock.now.addingReportingOverflow(milliseconds)
        return withUnsafeBytes(of: (overflow ? UInt64.max : expiry).littleEndian) { Array($0) }
    }

    func isExpired(_ stored: UnsafeRawBufferPointer) -> Bool { clock.isPast(stored) }
}

/// Milliseconds since 1970, by the system's clock or another.
struct ExpiryClock: Sendable {
    let custom: (@Sendable () -> Date)?

    var now: UInt64 {
        guard let custom else { return MonotonicClock.milliseconds1970 }
        let milliseconds = custom().timeIntervalSince1970 * 1000
        guard milliseconds > 0 else { return 0 }
        // As a number of the larger type may be too large for the other, and none at all.
        return milliseconds < Double(UInt64.max) ? UInt64(milliseconds) : .max
    }

    /// Whether the time in the trailer of a stored value is past; what has no trailer has no such time.
    func isPast(_ stored: UnsafeRawBufferPointer) -> Bool {
        guard stored.count >= 8 else { return false }
        return UInt64(littleEndian: stored.loadUnaligned(fromByteOffset: stored.count - 8, as: UInt64.self)) <= now
    }
}
