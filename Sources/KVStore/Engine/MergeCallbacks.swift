internal import CRocksDB
internal import Glibc

/// A merge operator as the engine calls it.
///
/// Never reports a failure of a full merge to the engine, which would take it for damage and stop all writes: the parts
/// are stored instead, marked as such.
final class MergeCallbacks: Sendable {
    private let merge: MergeOperator
    nonisolated(unsafe) fileprivate let name: UnsafeMutablePointer<CChar>  // never written after init

    private init(_ merge: MergeOperator) {
        self.merge = merge
        name = copyCString(merge.name)
    }

    deinit { name.deallocate() }

    /// Sets the operator in the engine's options, which keep it for as long as any database needs it.
    static func set(_ merge: MergeOperator, in options: OpaquePointer) {
        let state = Unmanaged.passRetained(MergeCallbacks(merge)).toOpaque()
        rocksdb_options_set_merge_operator(
            options,
            rocksdb_mergeoperator_create(state, releaseMerge, mergeFully, mergePartly, nil, nameOfMerge))
    }

    /// One stored value of an existing one and operands, all in their stored form.
    fileprivate func combine(
        _ existing: UnsafeRawBufferPointer?, _ operands: [UnsafeRawBufferPointer]
    ) -> [UInt8] {
        // In place: they are the engine's, and stay for as long as it waits.
        var parts: [UnsafeRawBufferPointer] = []
        parts.reserveCapacity(operands.count + 1)
        if let existing { append(existing, to: &parts) }
        for operand in operands { append(operand, to: &parts) }
        if let combined = try? reduce(parts) { return combined }
        var kept = ByteStrings.encode(parts)
        kept.append(ValueFormat.inParts)
        return kept
    }

    /// Appends the parts of a stored value.
    private func append(_ stored: UnsafeRawBufferPointer, to parts: inout [UnsafeRawBufferPointer]) {
        let payload = UnsafeRawBufferPointer(rebasing: stored.dropLast())
        if stored.last == ValueFormat.inParts {
            let count = parts.count
            if ByteStrings.appendPlaces(of: payload, to: &parts) { return }
            parts.removeLast(parts.count - count)
        }
        parts.append(payload)
    }

    /// One operand of several, nil if they cannot be combined.
    fileprivate func combine(_ operands: [UnsafeRawBufferPointer]) -> [UInt8]? {
        try? reduce(operands.map { UnsafeRawBufferPointer(rebasing: $0.dropLast()) })
    }

    /// The stored form of what the parts combine to.
    private func reduce(_ parts: [UnsafeRawBufferPointer]) throws -> [UInt8] {
        var combined: [UInt8] = []
        if parts.count > 1 {
            combined = try merge.combine(parts)
        } else if let part = parts.first {
            // A lone first operand becomes the value, and has to be one.
            guard merge.takes(part.bytes) else { throw Unfit() }
            combined = Array(part)
        }
        guard combined.count <= Limits.valueSize.bytes else { throw Unfit() }
        combined.append(ValueFormat.whole)
        return combined
    }

    private struct Unfit: Error {}
}

// The engine's callbacks. None may be isolated or throw: they run on the engine's threads.

private func releaseMerge(_ state: UnsafeMutableRawPointer?) {
    if let state { Unmanaged<MergeCallbacks>.fromOpaque(state).release() }
}

private func nameOfMerge(_ state: UnsafeMutableRawPointer?) -> UnsafePointer<CChar>? {
    guard let state else { return nil }
    return UnsafePointer(Unmanaged<MergeCallbacks>.fromOpaque(state).takeUnretainedValue().name)
}

private func mergeFully(
    _ state: UnsafeMutableRawPointer?, _ key: UnsafePointer<CChar>?, _ keyCount: Int,
    _ existing: UnsafePointer<CChar>?, _ existingCount: Int, _ operands: UnsafePointer<UnsafePointer<CChar>?>?,
    _ operandCounts: UnsafePointer<Int>?, _ count: Int32, _ success: UnsafeMutablePointer<UInt8>?,
    _ resultCount: UnsafeMutablePointer<Int>?
) -> UnsafeMutablePointer<CChar>? {
    guard let state else { return nil }
    let existing = existing.map { UnsafeRawBufferPointer(start: $0, count: existingCount) }
    let merge = Unmanaged<MergeCallbacks>.fromOpaque(state).takeUnretainedValue()
    success?.pointee = 1
    return copyOut(merge.combine(existing, buffers(operands, operandCounts, count)), resultCount)
}

private func mergePartly(
    _ state: UnsafeMutableRawPointer?, _ key: UnsafePointer<CChar>?, _ keyCount: Int,
    _ operands: UnsafePointer<UnsafePointer<CChar>?>?, _ operandCounts: UnsafePointer<Int>?, _ count: Int32,
    _ success: UnsafeMutablePointer<UInt8>?, _ resultCount: UnsafeMutablePointer<Int>?
) -> UnsafeMutablePointer<CChar>? {
    guard let state else { return nil }
    let merge = Unmanaged<MergeCallbacks>.fromOpaque(state).takeUnretainedValue()
    let combined = merge.combine(buffers(operands, operandCounts, count))
    // Not combined now, the operands stay as they are until there is a value to merge them into.
    success?.pointee = combined == nil ? 0 : 1
    return copyOut(combined ?? [], resultCount)
}

private func buffers(
    _ starts: UnsafePointer<UnsafePointer<CChar>?>?, _ counts: UnsafePointer<Int>?, _ count: Int32
) -> [UnsafeRawBufferPointer] {
    guard let starts, let counts else { return [] }
    return (0..<Int(count)).map { UnsafeRawBufferPointer(start: starts[$0], count: counts[$0]) }
}

/// A copy that the engine frees; never nil, also when it is empty.
private func copyOut(
    _ bytes: [UInt8], _ count: UnsafeMutablePointer<Int>?
) -> UnsafeMutablePointer<CChar>? {
    count?.pointee = bytes.count
    guard let copy = malloc(max(bytes.count, 1)) else {
        count?.pointee = 0
        return nil
    }
    bytes.withUnsafeBytes { if let start = $0.baseAddress { copy.copyMemory(from: start, byteCount: $0.count) } }
    return copy.assumingMemoryBound(to: CChar.self)
}
