// refused: 'value' used after consume
import KVStore

func read(_ namespace: Namespace) throws -> Int {
    guard let value = try namespace.pinned("key") else { return 0 }
    #if FORBIDDEN
        let copy = value
        return value.count + copy.count
    #else
        let moved = value
        return moved.count + moved.count
    #endif
}
