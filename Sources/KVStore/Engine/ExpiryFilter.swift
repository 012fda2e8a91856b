internal import CRocksDB

/// The engine's compaction filter that drops expired entries. Must outlive the databases that use it.
final class ExpiryFilter: @unchecked Sendable {  // immutable, and the engine's filter is made to be shared
    let handle: OpaquePointer?
    let horizon: ExpiryHorizon

    init(_ clock: ExpiryClock) {
        horizon = ExpiryHorizon(clock)
        handle = rocksdb_compactionfilter_create(
            Unmanaged.passRetained(horizon).toOpaque(), releaseFilter, isToBeDropped, nameOfFilter)
    }

    deinit { rocksdb_compactionfilter_destroy(handle) }
}

private func releaseFilter(_ state: UnsafeMutableRawPointer?) {
    if let state { Unmanaged<ExpiryHorizon>.fromOpaque(state).release() }
}

nonisolated(unsafe) private let filterName = UnsafePointer(copyCString("kvstore.expiry"))

private func nameOfFilter(_ state: UnsafeMutableRawPointer?) -> UnsafePointer<CChar>? { filterName }

private func isToBeDropped(
    _ state: UnsafeMutableRawPointer?, _ level: Int32, _ key: UnsafePointer<CChar>?, _ keyCount: Int,
    _ value: UnsafePointer<CChar>?, _ valueCount: Int, _ newValue: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
    _ newValueCount: UnsafeMutablePointer<Int>?, _ isChanged: UnsafeMutablePointer<UInt8>?
) -> UInt8 {
    isChanged?.pointee = 0
    guard let state else { return 0 }
    let horizon = Unmanaged<ExpiryHorizon>.fromOpaque(state).takeUnretainedValue()
    return horizon.mayDrop(UnsafeRawBufferPointer(start: value, count: valueCount)) ? 1 : 0
}
