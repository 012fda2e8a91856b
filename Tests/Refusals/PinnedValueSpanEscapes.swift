// refused: lifetime-dependent variable 'span' escapes its scope
import KVStore

func read(_ namespace: Namespace) throws -> Int {
    #if FORBIDDEN
        let span: RawSpan
        do {
            guard let value = try namespace.pinned("key") else { return 0 }
            span = value.bytes
        }
        return span.byteCount
    #else
        guard let value = try namespace.pinned("key") else { return 0 }
        let span = value.bytes
        return span.byteCount
    #endif
}
