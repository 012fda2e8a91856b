/// Where a store that tests make is.
public enum StorePlace: Sendable, Hashable {
    /// In the folder for temporary files (`TMPDIR`, or `/tmp`), which on many machines is memory. The default.
    case temporary
    /// In memory: see ``KVStore/Store/inMemory(configuration:)``.
    case memory
    /// In a new folder within that one, which has to be there: for a disk whose syncs count.
    case folder(String)
}
