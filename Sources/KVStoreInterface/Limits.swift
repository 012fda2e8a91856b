/// The sizes that a store takes. What is larger is refused before anything is written.
public enum Limits {
    /// The largest key: 8 MiB, RocksDB's documented recommendation. A bound of a range may be a byte longer: the place
    /// right behind the largest key.
    public static let keySize = ByteCount.mebibytes(8)
    /// The largest value: 3 GiB, RocksDB's documented recommendation (its lengths are 32 bits).
    public static let valueSize = ByteCount.gibibytes(3)
    /// The largest batch: just under 4 GiB.
    public static let batchSize = ByteCount(.init(UInt32.max))
    /// The longest name of a namespace, in bytes of UTF-8.
    public static let namespaceNameBytes = 255
    /// The most that the attributes of a namespace may take, names and values together, in bytes of UTF-8: 16 KiB. The
    /// library's own limit: every listing of namespaces reads them.
    public static let namespaceAttributesSize = ByteCount.kibibytes(16)
}

extension Limits {
    /// What is wrong with a key and a value of such sizes, as the beginning of a sentence; nil if nothing is.
    package static func violation(key: Int, value: Int) -> String? {
        if key > keySize.bytes { return "a key of \(key) bytes is over the limit of \(keySize)" }
        if value > valueSize.bytes { return "a value of \(value) bytes is over the limit of \(valueSize)" }
        return nil
    }
}
