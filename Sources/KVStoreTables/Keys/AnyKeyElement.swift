internal import KVStoreInterface

/// An element of a key whose type is not known beforehand, for tools that show keys.
///
/// Compared by its bytes: two are equal when they are encoded the same.
public indirect enum AnyKeyElement: Sendable {
    /// Null: what nil is written as.
    case null
    /// Bytes.
    case bytes([UInt8])
    /// Text.
    case string(String)
    /// A nested key.
    case nested([AnyKeyElement])
    /// An integer of whatever width. Those that need more are not read: `.outOfRange`.
    case integer(Int128)
    /// A floating-point number of 32 bits.
    case float(Float)
    /// A floating-point number of 64 bits.
    case double(Double)
    /// A truth value.
    case bool(Bool)
    /// A UUID.
    case uuid(UUIDBytes)
    /// An element that is ordered the other way; of one that is itself descending, that one's base.
    case descending(AnyKeyElement)

    /// How many elements may lie in one another in what is decoded.
    public static let depthLimit = 64
}

extension AnyKeyElement: KeyElement {
    /// True.
    public static var hasNull: Bool { true }

    /// Writes the element.
    public func encode(into encoder: inout KeyEncoder) {
        switch self {
        case .null: encoder.appendNull()
        case .bytes(let bytes): bytes.encode(into: &encoder)
        case .string(let text): text.encode(into: &encoder)
        case .nested(let elements): encoder.nested { for element in elements { element.encode(into: &$0) } }
        case .integer(let number): number.encode(into: &encoder)
        case .float(let number): number.encode(into: &encoder)
        case .double(let number): number.encode(into: &encoder)
        case .bool(let value): value.encode(into: &encoder)
        case .uuid(let uuid): uuid.encode(into: &encoder)
        case .descending(.descending(let element)): element.encode(into: &encoder)
        case .descending(let element): encoder.descending { element.encode(into: &$0) }
        }
    }

    /// Reads whatever element is there.
    ///
    /// - Throws: `.tooDeep` beyond ``depthLimit``; `.outOfRange` for an integer of more than 128 bits; what the bytes are
    ///   instead.
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        guard decoder.depth < Self.depthLimit else { throw decoder.error(.tooDeep) }
        switch try decoder.peekCode() {
        case ElementCode.null:
            _ = try decoder.takeNull()
            self = .null
        case ElementCode.bytes: self = .bytes(try [UInt8](decoding: &decoder))
        case ElementCode.string: self = .string(try String(decoding: &decoder))
        case ElementCode.nested:
            self = .nested(
                try decoder.nested { (decoder) throws(KeyCodingError) in try AnyKey(decoding: &decoder).elements })
        case ElementCode.wideNegative...ElementCode.widePositive: self = .integer(try Int128(decoding: &decoder))
        case ElementCode.float: self = .float(try Float(decoding: &decoder))
        case ElementCode.double: self = .double(try Double(decoding: &decoder))
        case ElementCode.isFalse, ElementCode.isTrue: self = .bool(try Bool(decoding: &decoder))
        case ElementCode.uuid: self = .uuid(try UUIDBytes(decoding: &decoder))
        case ElementCode.inverted(ElementCode.uuid)...ElementCode.inverted(ElementCode.null):
            self = .descending(
                try decoder.descending { (decoder) throws(KeyCodingError) in try AnyKeyElement(decoding: &decoder) })
        default: throw decoder.error(.wrongType)
        }
    }
}

extension AnyKeyElement: Hashable {
    public static func == (left: AnyKeyElement, right: AnyKeyElement) -> Bool { left.encodedKey == right.encodedKey }

    public func hash(into hasher: inout Hasher) { hasher.combine(encodedKey) }
}

/// A key whose parts are not known beforehand, for tools that show keys.
public struct AnyKey: Sendable, Hashable {
    /// The elements.
    public var elements: [AnyKeyElement]

    /// A key of these elements.
    public init(_ elements: [AnyKeyElement]) { self.elements = elements }
}

extension AnyKey: KeyCodable {
    /// Writes the elements, one after another.
    public func encode(into encoder: inout KeyEncoder) { for element in elements { element.encode(into: &encoder) } }

    /// Reads all elements that are there.
    ///
    /// - Throws: what the bytes are instead.
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        elements = []
        while !decoder.isAtEnd { elements.append(try AnyKeyElement(decoding: &decoder)) }
    }
}

extension AnyKeyElement: CustomStringConvertible {
    /// The element as people write it. Bytes and UUIDs are hexadecimal.
    public var description: String {
        switch self {
        case .null: "nil"
        case .bytes(let bytes): "0x" + bytes.map { $0.text(digits: 2, radix: 16) }.joined()
        case .string(let text): text.debugDescription
        case .nested(let elements): AnyKey(elements).description
        case .integer(let number): number.description
        case .float(let number): "\(number)f"
        case .double(let number): number.description
        case .bool(let value): value.description
        case .uuid(let uuid): "uuid " + [uuid.high, uuid.low].map { $0.text(digits: 16, radix: 16) }.joined()
        case .descending(let element): "descending \(element)"
        }
    }
}

extension AnyKey: CustomStringConvertible {
    /// The elements in parentheses.
    public var description: String { "(" + elements.map(\.description).joined(separator: ", ") + ")" }
}
