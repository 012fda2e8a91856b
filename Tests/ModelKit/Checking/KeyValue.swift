internal import KVStore

/// A key and its value.
package struct KeyValue: Equatable, Sendable {
    package let key: [UInt8]
    package let value: [UInt8]

    init(key: [UInt8], value: [UInt8]) {
        self.key = key
        self.value = value
    }

    init(_ entry: Entry) {
        key = entry.key
        value = entry.value
    }
}
