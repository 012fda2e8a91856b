/// Who shares the cache of uncompressed table blocks.
public enum BlockCachePolicy: Sendable, Hashable {
    /// One cache of that capacity for all namespaces of the store. The metadata database keeps its own.
    case shared(ByteCount)
    /// A cache of its own for every open namespace, of the capacity its ``Tuning/blockCacheCapacity`` says: what the
    /// documented tuning had.
    case perNamespace
}
