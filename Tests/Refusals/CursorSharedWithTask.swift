// refused: risks causing data races
import KVStore

func advance(_ cursor: inout Cursor) throws { _ = try cursor.next() }

func read(_ namespace: Namespace) throws {
    #if FORBIDDEN
        var cursor = try namespace.cursor()
        Task { try advance(&cursor) }
        try advance(&cursor)
    #else
        Task { try await namespace.withCursor { try advance(&$0) } }
        var cursor = try namespace.cursor()
        try advance(&cursor)
    #endif
}
