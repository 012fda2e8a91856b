extension Namespace {
    /// Combines a value with what a key holds, by the namespace's merge operator, without reading it.
    ///
    /// As cheap as a put; the combining is left to reads and compactions, so a key that is merged into often and read
    /// rarely gains, and a read of a key with many operands that are not combined yet is slower. Atomic against every
    /// other write, and good in batches: ``WriteBatch/merge(_:_:)``. The first merge into a key that is not there makes
    /// the operand its value.
    ///
    /// ```swift
    /// let hits = try store.createNamespace("hits", options: NamespaceOptions(mergeOperator: .add64))
    /// try hits.merge("page/1", MergeOperator.number(1))
    /// let count = try hits.get("page/1").flatMap { MergeOperator.number(in: $0) }
    /// ```
    ///
    /// - Parameters:
    ///   - key: of up to ``Limits/keySize``.
    ///   - operand: of the form that the operator takes.
    ///   - durability: what it survives when this returns; the store's default when nil.
    /// - Throws: `.invalidArgument` in a namespace without a merge operator, and for an operand that its operator does
    ///   not take; else as ``put(_:_:durability:)``. An operator that fails does so when the key is read, with
    ///   `.corruption`.
    @discardableResult
    public func merge(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ operand: borrowing some Bytes & ~Copyable & ~Escapable,
        durability: Durability? = nil
    ) throws(StoreError) -> CommitReceipt {
        var batch = WriteBatch()
        batch.merge(key, operand)
        try check(batch, .merge)
        return try commit(batch, durability: durability)
    }

    /// Combines a value with what a key holds. Waits, and can be cancelled, as ``put(_:_:durability:)``.
    ///
    /// - Throws: as the synchronous form, and `CancellationError`.
    @discardableResult
    public nonisolated(nonsending) func merge(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ operand: borrowing some Bytes & ~Copyable & ~Escapable,
        durability: Durability? = nil
    ) async throws -> CommitReceipt {
        var batch = WriteBatch()
        batch.merge(key, operand)
        try check(batch, .merge)
        return try await commit(batch, durability: durability)
    }

    /// Checks that the namespace can merge, and takes what a batch merges.
    func checkMerges(of batch: WriteBatch, _ operation: StoreError.Operation) throws(StoreError) {
        let merge = try mergeOperator(operation)
        guard merge.requirement != nil else { return }
        let isFit = batch.representation.withUnsafeBytes { bytes in
            var offset = WriteBatch.headerSize
            while let record = WriteBatch.record(at: offset, in: bytes) {
                if record.tag == .merge, !merge.takes(UnsafeRawBufferPointer(rebasing: bytes[record.value]).bytes) {
                    return false
                }
                offset = record.end
            }
            return true
        }
        guard isFit else { throw error(.invalidArgument, operation, merge.refusal + "; nothing was written") }
    }

    /// The same for one operand.
    func checkMerge(of operand: RawSpan, _ operation: StoreError.Operation) throws(StoreError) {
        let merge = try mergeOperator(operation)
        guard merge.takes(operand) else {
            throw error(.invalidArgument, operation, merge.refusal + "; this call wrote nothing")
        }
    }

    private func mergeOperator(_ operation: StoreError.Operation) throws(StoreError) -> MergeOperator {
        guard case .mergeable(let merge) = slot.format else {
            throw error(.invalidArgument, operation, ValueFormat.noMerging + "; nothing was written")
        }
        return merge
    }
}
