import FoundationEssentials

/// Numbers and sizes as people type them: `1000000`, `1,000,000`, `1_000_000`, `1e6`, `1M`, `64KiB`, `4kB`.
public enum CountText {
    /// Options whose values are such numbers.
    public static let options: Set = [
        "--keys", "--operations", "--rate", "--batch", "--workers", "--namespaces", "--key-size", "--value-size",
        "--tasks", "--scan-length", "--rounds", "--samples", "--max-open", "--seed",
    ]

    /// The number that `text` stands for; `nil` for what is no whole one, and for one too large to hold.
    public static func parse(_ text: String) -> Int? {
        let grouped = text.filter { $0 != "_" && $0 != "," }
        let unit = units.first { grouped.hasSuffix($0.suffix) }
        let digits = grouped.dropLast(unit?.suffix.count ?? 0)
        // Not what else is a number to a program: nan, inf, 0x10.
        guard let first = digits.first, first.isNumber || first == "-" || first == ".",
            digits.allSatisfy({ $0.isASCII && ($0.isNumber || "-+.eE".contains($0)) }), let number = Double(digits)
        else { return nil }
        return Int(exactly: number * (unit?.factor ?? 1))
    }

    private static let units: [(suffix: String, factor: Double)] = [
        ("KiB", 0x1p10), ("MiB", 0x1p20), ("GiB", 0x1p30), ("TiB", 0x1p40), ("kB", 1e3), ("KB", 1e3), ("MB", 1e6),
        ("GB", 1e9), ("TB", 1e12), ("k", 1e3), ("K", 1e3), ("M", 1e6), ("G", 1e9), ("B", 1),
    ]

    /// Arguments in which such numbers are as the argument parser takes them, and in which what follows an option and is a
    /// negative number is its value: the parser would take it for another option and say that the value is missing.
    public static func plain(_ arguments: [String]) -> [String] {
        var result: [String] = []
        var index = arguments.startIndex
        while index < arguments.endIndex {
            let argument = arguments[index]
            index += 1
            // What follows two dashes is no option.
            guard argument != "--" else { return result + arguments[(index - 1)...] }
            guard argument.hasPrefix("--") else {
                result.append(argument)
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 {
                result.append("\(parts[0])=\(value(parts[1], of: parts[0]))")
            } else if index < arguments.endIndex, let number = negative(arguments[index]) {
                result.append("\(argument)=\(value(number, of: argument))")
                index += 1
            } else if index < arguments.endIndex, options.contains(argument) {
                result += [argument, value(arguments[index], of: argument)]
                index += 1
            } else {
                result.append(argument)
            }
        }
        return result
    }

    private static func value(_ text: String, of option: String) -> String {
        // One that is too large for a signed number may be a seed.
        guard options.contains(option), UInt64(text) == nil, let number = parse(text) else { return text }
        return "\(number)"
    }

    private static func negative(_ text: String) -> String? {
        text.hasPrefix("-") && text.dropFirst().first?.isNumber == true ? text : nil
    }
}
