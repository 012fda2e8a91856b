/// Numbers for people: thousands apart, sizes in binary units.
enum NumberText {
    /// `1234567` as `1,234,567`.
    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + String(text.reversed())
    }

    /// The number rounded to a whole one, thousands apart.
    static func grouped(_ number: Double) -> String {
        grouped(Int(number.rounded()))
    }

    /// With one decimal below a hundred, whole and thousands apart from there on.
    static func short(_ number: Double) -> String {
        number < 100 ? "\(number.rounded(toPlaces: 1))" : grouped(number)
    }

    /// As short as it can be without losing anything: `1`, `0.25`.
    static func plain(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }

    /// A time that is given in microseconds, with three digits in the unit that keeps it short: `12.5 µs`, `310 ms`, `2 s`.
    static func microseconds(_ number: Double) -> String {
        let (amount, unit) = number >= 1e6 ? (number / 1e6, "s") : number >= 1e3 ? (number / 1e3, "ms") : (number, "µs")
        let text = amount < 100 ? plain(amount.rounded(toPlaces: amount < 10 ? 2 : 1)) : grouped(amount)
        return "\(text) \(unit)"
    }

    /// `1610612736` as `1.5 GiB`.
    static func bytes(_ count: Int) -> String {
        var amount = Double(count)
        var unit = "bytes"
        for larger in ["KiB", "MiB", "GiB", "TiB"] where amount >= 1024 {
            amount /= 1024
            unit = larger
        }
        return unit == "bytes" ? "\(count) bytes" : "\(amount.rounded(toPlaces: 1)) \(unit)"
    }
}

extension Double {
    /// Rounded to that many decimals: a report need not pretend to know more.
    func rounded(toPlaces places: Int) -> Double {
        let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }
}
