extension ValueFormat {
    /// What a key holds when operands are merged into what it held, as the engine will have it once they are
    /// committed.
    ///
    /// - Parameters:
    ///   - value: nil where there is none.
    ///   - operands: the earliest first; at least one.
    func combine(_ value: [UInt8]?, _ operands: [[UInt8]]) throws(EngineFailure) -> [UInt8] {
        guard case .mergeable(let merge) = self else { throw .refused(.invalidArgument, Self.noMerging) }
        for operand in operands where !merge.takes(operand.span.bytes) {
            throw .refused(.invalidArgument, merge.refusal)
        }
        // One operand of a key that is not there is its value.
        if value == nil, operands.count == 1 { return operands[0] }
        let parts = value.map { [$0] + operands } ?? operands
        guard let combined = try? merge.combine(parts), combined.count <= Limits.valueSize.bytes else {
            throw .refused(
                .corruption,
                "the merge operator \"\(merge.name)\" cannot combine what is merged into this key here with what it holds"
            )
        }
        return combined
    }

    static let noMerging = "the namespace was created without a merge operator and takes no merges"
}

extension MergeOperator {
    /// Why an operand is not taken.
    var refusal: String { "an operand of the merge operator \"\(name)\" has to \(requirement ?? "be another")" }

    fileprivate func combine(_ parts: [[UInt8]]) throws -> [UInt8] {
        let bytes = Array(parts.joined())
        return try bytes.withUnsafeBytes { bytes in
            var places: [UnsafeRawBufferPointer] = []
            places.reserveCapacity(parts.count)
            var start = 0
            for part in parts {
                places.append(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + part.count)]))
                start += part.count
            }
            return try combine(places)
        }
    }
}
