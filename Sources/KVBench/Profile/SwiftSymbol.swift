import Glibc

/// Names of Swift functions as the linker knows them: `$s7KVStore9NamespaceC3getyyF`.
enum SwiftSymbol {
    /// The module that a symbol says its function is of; `nil` for one that is not Swift's.
    static func module(_ symbol: Substring) -> String? {
        var rest = symbol.utf8[...]
        if rest.starts(with: "_".utf8) { rest = rest.dropFirst() }
        guard rest.starts(with: "$s".utf8) || rest.starts(with: "$S".utf8) || rest.starts(with: "$e".utf8) else {
            return nil
        }
        rest = rest.dropFirst(2)
        var length = 0
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        for digit in digits { length = min(1000, length * 10 + Int(digit - UInt8(ascii: "0"))) }
        // Without a length it is a short name for something of the standard library.
        guard length > 0 else { return "Swift" }
        return String(decoding: rest.dropFirst(digits.count).prefix(length), as: UTF8.self)
    }

    /// The name as Swift's runtime tells it; `nil` for one that is not Swift's.
    static func demangled(_ symbol: Substring) -> String? {
        var name = String(symbol)
        let found = name.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { demangle($0.baseAddress, UInt($0.count), nil, nil, 0) }
        }
        guard let found else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    @_silgen_name("swift_demangle")
    private static func demangle(
        _ name: UnsafePointer<CChar>?, _ length: UInt, _ output: UnsafeMutablePointer<CChar>?,
        _ size: UnsafeMutablePointer<UInt>?, _ flags: UInt32
    ) -> UnsafeMutablePointer<CChar>?
}
