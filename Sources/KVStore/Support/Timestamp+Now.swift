internal import Glibc
public import KVStoreInterface

extension Timestamp {
    /// The moment by the system's clock, which somebody may set.
    public static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec)) + .nanoseconds(time.tv_nsec)
    }
}
