extension JSON {
    /// Has a type read itself from the value.
    ///
    /// - Throws: what the type throws; `Failure` for what is missing, of another type or too large.
    func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONReader(json: self, name: "").value(type)
    }
}

/// Reads a value, which has a name for messages.
private struct JSONReader: Decoder, SingleValueDecodingContainer {
    let json: JSON
    let name: String
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value: Any?
        switch (type, json) {
        case (is Bool.Type, .bool(let found)): value = found
        case (is String.Type, .string(let found)): value = found
        case (let type as any FixedWidthInteger.Type, .number(let text)): value = Self.integer(type, text)
        case (let type as any BinaryFloatingPoint.Type, .number(let text)): value = Self.fraction(type, text)
        case (is Bool.Type, _), (is String.Type, _), (is any FixedWidthInteger.Type, _),
            (is any BinaryFloatingPoint.Type, _):
            value = nil
        default: return try Value(from: self)
        }
        guard let value = value as? Value else { throw failure("is no \(type)") }
        return value
    }

    /// Also of a number that is written with a fraction or an exponent, as long as it is whole.
    private static func integer<Number: FixedWidthInteger>(_ type: Number.Type, _ text: String) -> Number? {
        Number(text) ?? Double(text).flatMap { Number(exactly: $0) }
    }

    private static func fraction<Number: BinaryFloatingPoint>(_ type: Number.Type, _ text: String) -> Number? {
        Double(text).flatMap { $0.isFinite ? Number($0) : nil }
    }

    func failure(_ what: String) -> JSON.Failure {
        JSON.Failure(description: name.isEmpty ? "the value \(what)" : "\(name) \(what)")
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = json else { throw failure("has no members") }
        return KeyedDecodingContainer(Members(reader: self, members: members))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = json else { throw failure("has no elements") }
        return Elements(reader: self, elements: elements)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { json == .null }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try value(type) }

    private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let reader: JSONReader
        let members: [String: JSON]
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { members.keys.compactMap(Key.init(stringValue:)) }

        private func member(_ name: String) throws -> JSONReader {
            guard let json = members[name] else { throw reader.failure("has no \(name)") }
            return JSONReader(json: json, name: name)
        }

        func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

        func decodeNil(forKey key: Key) throws -> Bool { try member(key.stringValue).decodeNil() }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try member(key.stringValue).value(type)
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> { try member(key.stringValue).container(keyedBy: type) }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try member(key.stringValue).unkeyedContainer()
        }

        func superDecoder() throws -> any Decoder { try member("super") }

        func superDecoder(forKey key: Key) throws -> any Decoder { try member(key.stringValue) }
    }

    private struct Elements: UnkeyedDecodingContainer {
        let reader: JSONReader
        let elements: [JSON]
        var currentIndex = 0
        var codingPath: [any CodingKey] { [] }
        var count: Int? { elements.count }
        var isAtEnd: Bool { currentIndex >= elements.count }

        init(reader: JSONReader, elements: [JSON]) {
            self.reader = reader
            self.elements = elements
        }

        private mutating func next() throws -> JSONReader {
            guard !isAtEnd else { throw reader.failure("has too few elements") }
            defer { currentIndex += 1 }
            return JSONReader(json: elements[currentIndex], name: reader.name)
        }

        mutating func decodeNil() -> Bool {
            guard !isAtEnd, elements[currentIndex] == .null else { return false }
            currentIndex += 1
            return true
        }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().value(type) }

        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) throws -> KeyedDecodingContainer<Nested> { try next().container(keyedBy: type) }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }

        mutating func superDecoder() throws -> any Decoder { try next() }
    }
}
