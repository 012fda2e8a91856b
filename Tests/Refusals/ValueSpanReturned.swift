// refused: conform to 'Escapable'
import KVStore

func read(_ namespace: Namespace) throws {
    #if FORBIDDEN
        _ = try namespace.withValue(for: "key") { (value) -> RawSpan in value }
    #else
        _ = try namespace.withValue(for: "key") { (value) -> Int in value.byteCount }
    #endif
}
