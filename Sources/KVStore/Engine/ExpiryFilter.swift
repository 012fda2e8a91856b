internal import CRocksDB

/// The engine's compaction filter that drops expired entries. Must outlive the databases that use it.
final class ExpiryFilter: @unchecked Sendable {  // immutable, and the engine's filter is made to be shared
    let handle: OpaquePointer?

    init(_ clock: ExpiryClock) {
        handle = rocksdb_compactionfilter_create(
            Unmanaged.passRetained(FilterState(clock: clock)).toOpaque(), releaseFilter, isToBeDropped, nameOfFilter)
    }

    deinit { rocksdb_compactionfilter_destroy(handle) }
}

private final class FilterState: Sendable {
    let clock: ExpiryClock

    init(clock: ExpiryClock) { self.clock = clock }
}

private func releaseFilter(_ state: UnsafeMutableRawPointer?) {
    if let state { Unmanaged<FilterState>.fromOpaque(state).release() }
}

nonisolated(unsafe) private let filterName: UnsafePointer<CChar> = {
    let name = "kvstore.expiry".utf8CString
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: name.count)
    for (index, byte) in name.enumerated() { (copy + index).initialize(to: byte) }
    return UnsafePointer(copy)
}()

private func nameOfFilter(_ state: UnsafeMutableRawPointer?) -> UnsafePointer<CChar>? { filterName }

private func isToBeDropped(
    _ state: UnsafeMutableRawPointer?, _ level: Int32, _ key: UnsafePointer<CChar>?, _ keyCount: Int,
    _ value: UnsafePointer<CChar>?, _ valueCount: Int, _ newValue: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
    _ newValueCount: UnsafeMutablePointer<Int>?, _ isChanged: UnsafeMutablePointer<UInt8>?
) -> UInt8 {
    isChanged?.pointee = 0
    guard let state else { return 0 }
    let filter = Unmanaged<FilterState>.fromOpaque(state).takeUnretainedValue()
    return filter.clock.isPast(UnsafeRawBufferPointer(start: value, count: valueCount)) ? 1 : 0
}
