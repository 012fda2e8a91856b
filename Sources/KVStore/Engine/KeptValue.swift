/// A key and its stored value in one piece of memory, as a ``ValueCache`` keeps them. Immutable once it is made.
final class KeptValue: ManagedBuffer<KeptValue.Sizes, UInt8> {
    struct Sizes {
        let key: Int
        let value: Int
    }

    static func make(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> KeptValue {
        let made = KeptValue.create(minimumCapacity: key.count + value.count) { _ in
            Sizes(key: key.count, value: value.count)
        }
        made.withUnsafeMutablePointerToElements { start in
            let bytes = UnsafeMutableRawBufferPointer(start: start, count: key.count + value.count)
            bytes.copyMemory(from: key)
            UnsafeMutableRawBufferPointer(rebasing: bytes[key.count...]).copyMemory(from: value)
        }
        return unsafeDowncast(made, to: KeptValue.self)
    }

    /// The memory that an entry of these sizes takes: with the header of an object, two sizes, and what the allocator adds,
    /// which gives out multiples of 16.
    static func cost(_ key: Int, _ value: Int) -> Int { (16 + 16 + key + value + 8 + 15) & ~15 }

    var cost: Int { Self.cost(header.key, header.value) }

    /// Both are valid for as long as the entry is.
    var key: UnsafeRawBufferPointer {
        withUnsafeMutablePointers { UnsafeRawBufferPointer(start: $1, count: $0.pointee.key) }
    }

    var value: UnsafeRawBufferPointer {
        withUnsafeMutablePointers {
            UnsafeRawBufferPointer(start: $1 + $0.pointee.key, count: $0.pointee.value)
        }
    }
}
