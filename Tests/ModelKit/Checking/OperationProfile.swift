internal import Foundation

/// How long operations of each kind take.
package final class OperationProfile: @unchecked Sendable {  // used on one thread
    private var times: [Operation.Kind: (count: Int, nanoseconds: UInt64)] = [:]

    package init() {}

    func note(_ kind: Operation.Kind, _ nanoseconds: UInt64) {
        times[kind, default: (0, 0)].count += 1
        times[kind, default: (0, 0)].nanoseconds += nanoseconds
    }

    /// The kinds that took longest first.
    package var table: [String] {
        times.sorted { $0.value.nanoseconds > $1.value.nanoseconds }.map { kind, time in
            let milliseconds = time.nanoseconds / 1_000_000
            return "\(kind.rawValue): \(time.count) times, \(milliseconds) ms, "
                + "\(time.nanoseconds / UInt64(time.count)) ns each"
        }
    }
}
