import Glibc

/// What a function is called in a profile: without types, arguments and what the compiler made of it, so that it fits into
/// a frame and the same function has the same name from build to build.
enum FrameName {
    /// - Parameters:
    ///   - symbol: as the linker knows it, or as it reads already; `[unknown]` where there is none.
    ///   - file: the program or library that it is in.
    static func of(_ symbol: Substring, in file: Substring) -> String {
        if symbol == "[unknown]" || symbol.isEmpty {
            let name = file.split(separator: "/").last ?? file
            return name.hasPrefix("[") ? String(name) : "[\(name)]"
        }
        let name: String
        if let swift = SwiftSymbol.demangled(symbol) {
            name = shortSwift(swift[...])
        } else if symbol.hasPrefix("_Z"), let plain = demangledCPlusPlus(symbol) {
            name = shortCPlusPlus(plain[...])
        } else {
            name = shortCPlusPlus(symbol)
        }
        // Separators of the text form.
        return String(name.map { $0 == ";" ? ":" : $0 == "\n" ? " " : $0 })
    }

    // MARK: Swift

    private static let prefixes = [
        "merged ", "partial apply forwarder for ", "partial apply for ", "@objc ", "static ", "implicit closure #1 in ",
        "dispatch thunk of ", "specialized ", "@nonobjc ", "curry thunk of ", "variable initialization expression of ",
        "unspecialized ", "async ", "resume ",
    ]

    static func shortSwift(_ text: Substring) -> String {
        var text = text
        var isChanged = true
        while isChanged {
            isChanged = false
            for prefix in prefixes where text.hasPrefix(prefix) {
                text = text.dropFirst(prefix.count)
                isChanged = true
            }
            // `generic specialization <Swift.Int> of X`, `function signature specialization <...> of X`
            if text.hasPrefix("generic ") || text.hasPrefix("function signature ") || text.hasPrefix("inlined "),
                let open = text.firstIndex(of: "<"), let close = end(of: open, in: text),
                let of = text[close...].range(of: " of ")
            {
                text = text[of.upperBound...]
                isChanged = true
            }
        }
        for kind in ["closure #", "implicit closure #", "defer #"] where text.hasPrefix(kind) {
            // `closure #1 (Swift.Int) -> () in X`
            if let inside = text.rangeOutside(of: " in ") {
                return shortSwift(text[inside.upperBound...]) + " closure"
            }
        }
        if text.hasPrefix("protocol witness for ") {
            text = text.dropFirst("protocol witness for ".count)
            if let conformance = text.range(of: " in conformance ") { text = text[..<conformance.lowerBound] }
        }
        if text.hasPrefix("(extension in "), let close = text.range(of: "):") { text = text[close.upperBound...] }
        return withoutModule(withoutTypes(text))
    }

    /// Cuts at the arguments or the type, and leaves generic ones out.
    private static func withoutTypes(_ text: Substring) -> String {
        var name = ""
        var depth = 0
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            switch character {
            case "<":
                depth += 1
            case ">" where depth > 0:
                depth -= 1
            case "(" where depth == 0:
                // `Type.(method in _5EEB...)(arguments)`: a private one.
                if name.hasSuffix("."), let end = text[index...].range(of: " in _"),
                    let close = text[index...].firstIndex(of: ")")
                {
                    name += text[text.index(after: index)..<end.lowerBound]
                    index = text.index(after: close)
                    continue
                }
                return name
            case " " where depth == 0:
                // `Type.property.getter : Swift.Int`
                if text[index...].hasPrefix(" :") || text[index...].hasPrefix(" ->") { return name }
                name.append(character)
            default:
                if depth == 0 { name.append(character) }
            }
            index = text.index(after: index)
        }
        return name
    }

    /// `KVStore.Namespace.get` as `Namespace.get`: the colour tells the module.
    private static func withoutModule(_ name: String) -> String {
        let parts = name.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, !parts[0].contains(" "), !parts[1].isEmpty else { return name }
        return String(parts[1])
    }

    /// Where a bracket ends that begins at `start`.
    private static func end(of start: Substring.Index, in text: Substring) -> Substring.Index? {
        var depth = 0
        var before: Character = " "
        for index in text[start...].indices {
            if text[index] == "<" { depth += 1 }
            // Not the arrow of a function's type.
            if text[index] == ">", before != "-" {
                depth -= 1
                if depth == 0 { return index }
            }
            before = text[index]
        }
        return nil
    }

    // MARK: C++

    private static func demangledCPlusPlus(_ symbol: Substring) -> String? {
        var status: Int32 = 0
        guard let found = demangle(String(symbol), nil, nil, &status) else { return nil }
        defer { free(found) }
        return status == 0 ? String(cString: found) : nil
    }

    @_silgen_name("__cxa_demangle")
    private static func demangle(
        _ name: UnsafePointer<CChar>, _ output: UnsafeMutablePointer<CChar>?, _ size: UnsafeMutablePointer<UInt>?,
        _ status: UnsafeMutablePointer<Int32>?
    ) -> UnsafeMutablePointer<CChar>?

    static func shortCPlusPlus(_ text: Substring) -> String {
        var text = text
        for prefix in ["void ", "bool ", "non-virtual thunk to ", "virtual thunk to "] where text.hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
        }
        var name = ""
        var depth = 0
        var isOperator = false
        for (index, character) in zip(text.indices, text) {
            if name.hasSuffix("operator") { isOperator = true }
            if character == "(" {
                if text[index...].hasPrefix("(anonymous namespace)") || name.hasSuffix("operator") {
                    // Goes on below: it is part of a name.
                } else if depth == 0, !inAnonymous(text, index) {
                    break
                }
            }
            if isOperator, "<>=-!+".contains(character), depth == 0 {
                name.append(character)
                continue
            }
            isOperator = false
            if character == "<" { depth += 1 }
            if depth == 0 { name.append(character) }
            if character == ">", depth > 0 { depth -= 1 }
        }
        for (long, short) in [("std::__cxx11::basic_string", "std::string"), ("(anonymous namespace)::", "")] {
            while let range = name[...].range(of: long) { name.replaceSubrange(range, with: short) }
        }
        return name.isEmpty ? String(text) : name
    }

    private static func inAnonymous(_ text: Substring, _ index: Substring.Index) -> Bool {
        text[index...].hasPrefix("(anonymous")
    }
}

extension Substring {
    /// Where a text is found first.
    func range(of text: String) -> Range<Index>? {
        guard let first = text.first else { return nil }
        var start = startIndex
        while let found = self[start...].firstIndex(of: first) {
            if self[found...].hasPrefix(text) { return found..<index(found, offsetBy: text.count) }
            start = index(after: found)
        }
        return nil
    }

    /// Where a text is found first outside of brackets.
    func rangeOutside(of text: String) -> Range<Index>? {
        var depth = 0
        for place in indices {
            switch self[place] {
            case "(", "<", "[": depth += 1
            case ")", "]": depth -= 1
            case ">" where depth > 0 && !(place > startIndex && self[index(before: place)] == "-"): depth -= 1
            default: break
            }
            if depth == 0, self[place...].hasPrefix(text) { return place..<index(place, offsetBy: text.count) }
        }
        return nil
    }
}
