// refused: risks causing data races
import KVStore

func read(_ namespace: Namespace) throws {
    let entries = namespace.entries()
    #if FORBIDDEN
        Task { _ = try entries.next() }
        _ = try entries.next()
    #else
        // Given away and not used any more.
        Task { _ = try entries.next() }
    #endif
}
