// refused: risks causing data races
import KVStore

func write(_ namespace: Namespace) throws {
    try namespace.transaction { transaction in
        #if FORBIDDEN
            Task { try transaction.put("key", "value") }
        #endif
        try transaction.put("key", "value")
    }
}
