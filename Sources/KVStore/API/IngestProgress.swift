/// How far a load of unsorted entries has come: see ``Namespace/ingest(unsorted:memory:progress:)``.
public struct IngestProgress: Sendable, Hashable {
    /// How many entries of the sequence are in the namespace and on disk: those that it began with.
    public let entries: Int
    /// What their keys and values have in bytes.
    public let bytes: ByteCount
    /// In how many parts they came in.
    public let parts: Int
}
