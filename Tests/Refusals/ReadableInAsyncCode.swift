// refused: is unavailable from asynchronous contexts
// What is written for any `Readable` waits on its thread.
import KVStore

#if FORBIDDEN
    func isPaid(_ orders: some Readable) async throws -> Bool { try orders.contains("paid") }
#else
    func isPaid(_ orders: Snapshot) async throws -> Bool { try await orders.contains("paid") }
#endif
