/// The first byte of an element: what it is. Those of FoundationDB's tuple layer, and what they leave free.
@usableFromInline
enum ElementCode {
    @usableFromInline static let null: UInt8 = 0x00
    @usableFromInline static let bytes: UInt8 = 0x01
    @usableFromInline static let string: UInt8 = 0x02
    @usableFromInline static let nested: UInt8 = 0x05
    /// A negative integer of more than eight bytes: a length, inverted, and as many bytes.
    @usableFromInline static let wideNegative: UInt8 = 0x0B
    /// Zero; below it are negative integers of one to eight bytes, above it positive ones.
    @usableFromInline static let zero: UInt8 = 0x14
    @usableFromInline static let widePositive: UInt8 = 0x1D
    @usableFromInline static let float: UInt8 = 0x20
    @usableFromInline static let double: UInt8 = 0x21
    @usableFromInline static let isFalse: UInt8 = 0x26
    @usableFromInline static let isTrue: UInt8 = 0x27
    @usableFromInline static let uuid: UInt8 = 0x30

    /// What a descending element's code is, and back: `0xFD` is descending null. No code is above it.
    @inlinable static func inverted(_ code: UInt8) -> UInt8 { 0xFD &- code }

    /// Above every element: where the keys end that begin with a partial key. Tables keep their own entries behind it.
    @usableFromInline static let end: UInt8 = 0xFE

    /// Whether an element of that code ends with a zero that is told from an escaped one by what follows it.
    @inlinable static func isTerminated(_ code: UInt8) -> Bool { code == bytes || code == string || code == nested }
}
