// refused: risks causing data races
import KVStore

func read(_ namespace: Namespace) throws {
    #if FORBIDDEN
        var cursor = try namespace.cursor()
        Task { _ = try cursor.next() }
        _ = try cursor.next()
    #else
        Task {
            var cursor = try namespace.cursor()
            _ = try cursor.next()
        }
    #endif
}
