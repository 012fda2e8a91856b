public import KVStoreInterface

/// As the integer of nanoseconds that it is. A `Foundation.Date` is encoded otherwise, as the floating-point number of seconds
/// that it is: see the module `KVStoreFoundation`.
extension Timestamp: KeyElement {}
