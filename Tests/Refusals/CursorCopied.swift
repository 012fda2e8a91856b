// refused: 'cursor' used after consume
import KVStore

func read(_ namespace: Namespace) throws -> Bool {
    let cursor = try namespace.cursor()
    #if FORBIDDEN
        var copy = cursor
        return try copy.next() && cursor.isAtEntry
    #else
        var moved = cursor
        return try moved.next() && moved.isAtEntry
    #endif
}
