/// What a record of a log is, by the byte that says it.
enum LogRecordKind {
    static let none: UInt8 = 0
    /// A whole record, or the first, a middle or the last part of one.
    static let full: UInt8 = 1, first: UInt8 = 2, middle: UInt8 = 3, last: UInt8 = 4

    /// Whether it is of a file that was in use before: its header is longer then.
    static func isOfReused(_ kind: UInt8) -> Bool { (5...8).contains(kind) || kind == 11 || kind == 131 }

    /// Whether an engine that does not know it passes over it.
    static func mayBeUnknown(_ kind: UInt8) -> Bool { kind & 0x80 != 0 }

    /// What says how to read those that follow: compression, sizes of timestamps, the log before.
    static func isAboutOthers(_ kind: UInt8) -> Bool { [9, 10, 130].contains(kind) }
}

/// A walk over the records of a log, block by block, as the engine reads them.
struct LogWalk {
    /// Where it stands still, if it does.
    private(set) var standstill: UInt64?
    private var isOver = false
    private var blockStart: UInt64 = 0
    private var hasRecord = false
    private var isInParts = false
    /// Whether something was wrong. It then reads up to the next record that is whole, and no further.
    private var isDamaged = false

    static let blockSize = 32 << 10
    private static let headerSize = 7

    /// Whether the headers in a block give reason to walk more carefully. All that the engine might look at are among
    /// those that this does.
    static func isSuspicious(_ block: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        while block.count - start >= headerSize {
            let kind = block[start + 6]
            if LogRecordKind.isOfReused(kind) { return true }
            let length = length(block, start)
            if kind == LogRecordKind.none, length == 0 { return false }
            start += headerSize + length
        }
        return false
    }

    private static func length(_ block: UnsafeRawBufferPointer, _ start: Int) -> Int {
        Int(block[start + 4]) | Int(block[start + 5]) << 8
    }

    /// Reads the next block. The last is a smaller one.
    mutating func read(_ block: UnsafeRawBufferPointer) {
        guard !isOver else { return }
        var start = 0
        while !isOver, block.count - start >= Self.headerSize {
            guard let size = readRecord(block, start) else { break }
            start += size
        }
        blockStart += UInt64(block.count)
    }

    /// - Returns: the size of the record; nil when the engine goes on with the next block.
    private mutating func readRecord(_ block: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        let kind = block[start + 6]
        if LogRecordKind.isOfReused(kind) {
            // Where it is the first, the engine takes the whole file for one that was in use before.
            if hasRecord { standstill = blockStart + UInt64(start) + 6 }
            isOver = true
            return nil
        }
        let size = Self.headerSize + Self.length(block, start)
        guard start + size <= block.count else {
            // The end of the file cuts a record short that was being written.
            if block.count < Self.blockSize { isOver = true }
            noteDamage()
            return nil
        }
        if kind == LogRecordKind.none, size == Self.headerSize {
            if isInParts { noteDamage() }
            return nil
        }
        let body = UnsafeRawBufferPointer(rebasing: block[(start + 6)..<(start + size)])
        guard CRC32C.masked(body) == block.loadUnaligned(fromByteOffset: start, as: UInt32.self).littleEndian else {
            noteDamage()
            return nil
        }
        take(kind)
        return size
    }

    private mutating func noteDamage() { (isDamaged, isInParts) = (true, false) }

    private mutating func take(_ kind: UInt8) {
        switch kind {
        case LogRecordKind.full:
            if isInParts { noteDamage() }
            endRecord()
        case LogRecordKind.first:
            if isInParts { noteDamage() }
            isInParts = true
        case LogRecordKind.middle:
            if !isInParts { noteDamage() }
        case LogRecordKind.last:
            if isInParts { endRecord() } else { noteDamage() }
        default:
            if LogRecordKind.isAboutOthers(kind) { return }
            if !LogRecordKind.mayBeUnknown(kind) { isDamaged = true }
            isInParts = false
        }
    }

    private mutating func endRecord() {
        (hasRecord, isInParts) = (true, false)
        if isDamaged { isOver = true }
    }
}
