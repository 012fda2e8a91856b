// refused: is unavailable from asynchronous contexts
// Each step of a cursor may wait for the disk.
import KVStore

func count(_ namespace: Namespace) async throws -> Int {
    #if FORBIDDEN
        var cursor = try namespace.cursor(.prefix("order/"))
        var count = 0
        while try cursor.next() { count += 1 }
        return count
    #else
        try await namespace.withCursor(.prefix("order/")) { cursor in
            var count = 0
            while try cursor.next() { count += 1 }
            return count
        }
    #endif
}
