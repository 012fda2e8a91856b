// refused: is consuming
import KVStore

func write(_ namespace: Namespace) throws {
    #if FORBIDDEN
        var kept: Update?
        try namespace.update { kept = $0 }
        _ = kept == nil
    #else
        try namespace.update { $0.put("key", "value") }
    #endif
}
