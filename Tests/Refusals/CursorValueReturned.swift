// refused: a function cannot return a ~Escapable result
import KVStore

#if FORBIDDEN
    func value(_ cursor: borrowing Cursor) -> RawSpan { cursor.value }
#else
    func value(_ cursor: borrowing Cursor) -> [UInt8] { cursor.value.withUnsafeBytes { Array($0) } }
#endif
