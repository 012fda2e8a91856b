/// What updates have read of the database, kept up to date with what they write, so that hot keys such as counters are
/// not looked up again.
///
/// Good for as long as nothing but updates writes to the namespace; the queue empties it otherwise.
struct UpdateCache {
    /// Keys that updates read, and their values: nil where the key is not there.
    private var values: [[UInt8]: [UInt8]?] = [:]
    /// Where the cache starts again from empty: hot keys are back soon.
    private static let entryLimit = 4096
    private static let valueLimit = 1024

    subscript(key: [UInt8]) -> [UInt8]?? { values[key] }

    mutating func remember(_ key: [UInt8], _ value: [UInt8]?) {
        guard value?.count ?? 0 <= Self.valueLimit, key.count <= Self.valueLimit else {
            values[key] = nil
            return
        }
        if values.count >= Self.entryLimit { values.removeAll(keepingCapacity: true) }
        values[key] = .some(value)
    }

    /// Takes over the writes of a batch to keys that are remembered.
    mutating func apply(_ batch: WriteBatch) {
        guard !values.isEmpty else { return }
        batch.representation.withUnsafeBytes { bytes in
            var offset = WriteBatch.headerSize
            while let record = WriteBatch.record(at: offset, in: bytes) {
                let key = Array(bytes[record.key])
                if values[key] != nil { remember(key, record.tag == .put ? Array(bytes[record.value]) : nil) }
                offset = record.end
            }
        }
    }

    mutating func removeAll() { values.removeAll(keepingCapacity: true) }
}
