// refused: lifetime-dependent variable 'key' escapes its scope
import KVStore

func read(_ namespace: Namespace) throws -> Int {
    #if FORBIDDEN
        let key: RawSpan
        do {
            var cursor = try namespace.cursor()
            _ = try cursor.next()
            key = cursor.key
        }
        return key.byteCount
    #else
        var cursor = try namespace.cursor()
        _ = try cursor.next()
        let key = cursor.key
        return key.byteCount
    #endif
}
