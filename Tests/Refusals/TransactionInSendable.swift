// refused: has non-Sendable type 'Transaction'
import KVStore

struct Job: Sendable {
    #if FORBIDDEN
        let transaction: Transaction
    #else
        let snapshot: Snapshot
    #endif
}
