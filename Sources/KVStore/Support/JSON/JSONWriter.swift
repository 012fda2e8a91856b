extension JSON {
    /// What a value writes of itself.
    ///
    /// - Throws: what the value throws; `Failure` for a number that JSON has not.
    init(encoding value: some Encodable) throws {
        let place = JSONPlace()
        try place.put(value)
        self = place.json
    }
}

/// A value that is being written.
private final class JSONPlace {
    private enum Content {
        case value(JSON)
        case array([JSONPlace])
        case object([String: JSONPlace])
    }

    private var content = Content.value(.null)

    var json: JSON {
        switch content {
        case .value(let value): value
        case .array(let elements): .array(elements.map(\.json))
        case .object(let members): .object(members.mapValues(\.json))
        }
    }

    var count: Int { if case .array(let elements) = content { elements.count } else { 0 } }

    func beginArray() { if case .array = content {} else { content = .array([]) } }

    func beginObject() { if case .object = content {} else { content = .object([:]) } }

    func element() -> JSONPlace {
        let place = JSONPlace()
        if case .array(let elements) = content { content = .array(elements + [place]) }
        return place
    }

    func member(_ name: String) -> JSONPlace {
        let place = JSONPlace()
        if case .object(var members) = content {
            members[name] = place
            content = .object(members)
        }
        return place
    }

    func put(_ value: some Encodable) throws {
        switch value {
        case let value as Bool: content = .value(.bool(value))
        case let value as String: content = .value(.string(value))
        case let value as any FixedWidthInteger: content = .value(.number("\(value)"))
        case let value as any BinaryFloatingPoint: content = .value(.number(try Self.text(Double(value))))
        default: try value.encode(to: JSONWriter(place: self))
        }
    }

    /// A whole number without a fraction.
    private static func text(_ number: Double) throws -> String {
        guard number.isFinite else { throw JSON.Failure(description: "\(number) is no number of JSON") }
        return Int64(exactly: number).map(String.init) ?? "\(number)"
    }
}

/// Writes into a place. Paths are for messages, which nobody needs here.
private struct JSONWriter: Encoder, SingleValueEncodingContainer {
    let place: JSONPlace
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        place.beginObject()
        return KeyedEncodingContainer(Members(place: place))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        place.beginArray()
        return Elements(place: place)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() {}

    func encode(_ value: some Encodable) throws { try place.put(value) }

    private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let place: JSONPlace
        var codingPath: [any CodingKey] { [] }

        func encodeNil(forKey key: Key) { _ = place.member(key.stringValue) }

        func encode(_ value: some Encodable, forKey key: Key) throws { try place.member(key.stringValue).put(value) }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedEncodingContainer<Nested> {
            JSONWriter(place: place.member(key.stringValue)).container(keyedBy: type)
        }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            JSONWriter(place: place.member(key.stringValue)).unkeyedContainer()
        }

        func superEncoder() -> any Encoder { JSONWriter(place: place.member("super")) }

        func superEncoder(forKey key: Key) -> any Encoder { JSONWriter(place: place.member(key.stringValue)) }
    }

    private struct Elements: UnkeyedEncodingContainer {
        let place: JSONPlace
        var codingPath: [any CodingKey] { [] }
        var count: Int { place.count }

        func encodeNil() { _ = place.element() }

        func encode(_ value: some Encodable) throws { try place.element().put(value) }

        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
            JSONWriter(place: place.element()).container(keyedBy: type)
        }

        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
            JSONWriter(place: place.element()).unkeyedContainer()
        }

        func superEncoder() -> any Encoder { JSONWriter(place: place.element()) }
    }
}
