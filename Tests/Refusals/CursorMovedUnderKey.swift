// refused: overlapping accesses to 'cursor'
import KVStore

func read(_ namespace: Namespace) throws -> Int {
    var cursor = try namespace.cursor()
    guard try cursor.next() else { return 0 }
    #if FORBIDDEN
        let key = cursor.key
        _ = try cursor.next()
        return key.byteCount
    #else
        let count = cursor.key.byteCount
        _ = try cursor.next()
        return count
    #endif
}
