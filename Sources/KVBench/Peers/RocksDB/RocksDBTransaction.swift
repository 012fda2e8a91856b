import CRocksDB

/// An update's reads of the database, and its writes on the way there.
struct RocksDBTransaction: BenchTransaction {
    private let session: RocksDBSession
    private let batch: OpaquePointer
    private let family: OpaquePointer
    private let keyspace: Int

    init(session: RocksDBSession, batch: OpaquePointer, family: OpaquePointer, _ keyspace: Int) {
        self.session = session
        self.batch = batch
        self.family = family
        self.keyspace = keyspace
    }

    mutating func read(_ key: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Bool {
        // No workload reads what it has just written; one that did would find it, slowly.
        if rocksdb_writebatch_count(batch) > 0, let value = written(key) {
            try body(value.bytes)
            return true
        }
        return try session.read(key, in: keyspace, body)
    }

    mutating func put(_ key: RawSpan, _ value: RawSpan) throws {
        key.withChars { key, keyCount in
            value.withChars { rocksdb_writebatch_put_cf(batch, family, key, keyCount, $0, $1) }
        }
    }

    /// The last value that the batch has for a key, read out of its bytes: a header of 12, then for each put a tag, the
    /// number of a family unless it is the default one, key and value with their lengths before them.
    private func written(_ key: RawSpan) -> UnsafeRawBufferPointer? {
        var size = 0
        let start = rocksdb_writebatch_data(batch, &size)
        var rest = UnsafeRawBufferPointer(start: start, count: size)[12...]
        var found: UnsafeRawBufferPointer?
        while let tag = rest.popFirst() {
            if tag == Self.putInFamily { _ = Self.number(&rest) }
            let (writtenKey, value) = (Self.bytes(&rest), Self.bytes(&rest))
            if writtenKey.bytes.equals(key) { found = value }
        }
        return found
    }

    private static let putInFamily: UInt8 = 5

    private static func number(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Int {
        var (number, shift) = (0, 0)
        while let byte = rest.popFirst() {
            number |= Int(byte & 0x7f) << shift
            guard byte & 0x80 != 0 else { break }
            shift += 7
        }
        return number
    }

    private static func bytes(_ rest: inout Slice<UnsafeRawBufferPointer>) -> UnsafeRawBufferPointer {
        let count = min(number(&rest), rest.count)
        defer { rest = rest.dropFirst(count) }
        return UnsafeRawBufferPointer(rebasing: rest.prefix(count))
    }
}
