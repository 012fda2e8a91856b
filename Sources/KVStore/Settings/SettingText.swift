/// A value of a setting as people write it: `64MiB`, `4`, `on`, `30s`, `none`.
package protocol SettingText {
    /// What such a text looks like, for one who wrote another: `a size such as 64MiB`.
    static var form: String { get }

    /// The value that the text names; `nil` for one that names none.
    init?(settingText text: String)
}

extension Int: SettingText {
    package static var form: String { "a whole number" }
    package init?(settingText text: String) { self.init(text) }
}

extension Double: SettingText {
    package static var form: String { "a number" }

    package init?(settingText text: String) {
        guard let number = Double(text), number.isFinite else { return nil }
        self = number
    }
}

extension Bool: SettingText {
    package static var form: String { "on or off" }

    package init?(settingText text: String) {
        switch text.lowercased() {
        case "on", "true", "yes", "1": self = true
        case "off", "false", "no", "0": self = false
        default: return nil
        }
    }
}

extension ByteCount: SettingText {
    package static var form: String { "a size such as 64MiB" }

    /// As `dd` has it: `K`, `KiB`, `M` and so on are powers of 1,024, `kB`, `MB` and so on of 1,000.
    package init?(settingText text: String) {
        let units: [(suffix: String, factor: Double)] = [
            ("kib", 0x1p10), ("mib", 0x1p20), ("gib", 0x1p30), ("tib", 0x1p40), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9),
            ("tb", 1e12), ("k", 0x1p10), ("m", 0x1p20), ("g", 0x1p30), ("t", 0x1p40), ("b", 1),
        ]
        guard let bytes = Double(text.lowercased(), units: units, plain: 1), let whole = Int(exactly: bytes) else {
            return nil
        }
        self.init(whole)
    }
}

extension Duration: SettingText {
    package static var form: String { "a duration such as 30s, 500ms, 2m, 1h or 7d" }

    package init?(settingText text: String) {
        let units: [(suffix: String, factor: Double)] = [
            ("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
        ]
        guard let seconds = Double(text, units: units, plain: 1), abs(seconds) < 1e13 else { return nil }
        self = .seconds(seconds)
    }
}

extension Compression: SettingText {
    package static var form: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
    package init?(settingText text: String) { self.init(rawValue: text) }
}

extension Durability: SettingText {
    package static var form: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
    package init?(settingText text: String) { self.init(rawValue: text) }
}

extension BlockCachePolicy: SettingText {
    package static var form: String { "\(ByteCount.form), or perNamespace" }

    package init?(settingText text: String) {
        if text == "perNamespace" {
            self = .perNamespace
        } else if let size = ByteCount(settingText: text) {
            self = .shared(size)
        } else {
            return nil
        }
    }
}

extension Optional: SettingText where Wrapped: SettingText {
    package static var form: String { Wrapped.form + ", or default" }

    package init?(settingText text: String) {
        if let value = Wrapped(settingText: text) {
            self = .some(value)
        } else if text == "default" || text == "none" {
            self = .none
        } else {
            return nil
        }
    }
}

extension Double {
    /// A number with the first of the units that the text ends in, or with none; `nil` for what is no finite number.
    fileprivate init?(_ text: String, units: [(suffix: String, factor: Double)], plain: Double) {
        let unit = units.first { text.hasSuffix($0.suffix) }
        var digits = text.dropLast(unit?.suffix.count ?? 0)
        if unit != nil, digits.last == " " { digits.removeLast() }
        guard let number = Double(digits), abs(number) < 1e18 else { return nil }
        self = number * (unit?.factor ?? plain)
    }
}
