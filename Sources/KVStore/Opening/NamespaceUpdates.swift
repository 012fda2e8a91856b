/// The updates of a namespace: what they read and write while it is open.
struct NamespaceUpdates: UpdateTarget {
    let slot: NamespaceSlot
    /// Held rather than inside the gate: closures are the caller's code, and closing must not wait for them.
    let columnFamily: ColumnFamily

    var expires: Bool { if case .expiring = columnFamily.format { true } else { false } }

    var commitsCheaply: Bool { columnFamily.database.buffer?.isOpen == true }

    var writeEpoch: WriteEpoch.State { columnFamily.writeEpoch.state }

    func value(of key: RawSpan) throws(StoreError) -> [UInt8]? {
        do throws(EngineFailure) {
            return try columnFamily.get(key)?.copy()
        } catch {
            throw slot.context.error(error, .get)
        }
    }

    func combine(_ value: [UInt8]?, _ operands: [[UInt8]]) throws(StoreError) -> [UInt8] {
        do throws(EngineFailure) {
            return try columnFamily.format.combine(value, operands)
        } catch {
            throw slot.context.error(error, .get)
        }
    }

    func commit(_ batch: WriteBatch, _ durability: Durability) throws(StoreError) -> UInt64 {
        // What the updates read is not what is there now. Asked first, since the engine does not open a database anew
        // that is held here.
        guard !columnFamily.isReopened else {
            throw error(.busy, .update, "the namespace was reopened meanwhile; try again")
        }
        return try slot.withHeldColumnFamily(.update) { (current) throws(EngineFailure) in
            guard current === columnFamily else { throw Self.reopened }
            return try current.writeAlone(batch, durability, isUpdate: true)
        }
    }

    static var reopened: EngineFailure { .refused(.busy, "the namespace was reopened meanwhile; try again") }

    func error(_ code: StoreError.Code, _ operation: StoreError.Operation, _ message: String) -> StoreError {
        slot.context.error(code, operation, message)
    }
}
