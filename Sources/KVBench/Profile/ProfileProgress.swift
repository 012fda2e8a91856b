/// Says which step a profile is at, what it does and how long all takes yet.
struct ProfileProgress: Sendable {
    private let seconds: [Int]
    private let isDrawn: Bool

    /// - Parameter seconds: how long each step takes.
    init(seconds: [Int], isDrawn: Bool = Terminal.showsProgress) {
        self.seconds = seconds
        self.isDrawn = isDrawn
    }

    /// The line for the beginning of a step, counted from 0.
    func text(_ step: Int, _ name: String) -> String {
        let rest = seconds[step...].reduce(0, +)
        return "==> \(step + 1)/\(seconds.count) \(name) (\(Self.text(seconds[step])); about \(Self.text(rest)) to go)"
    }

    /// What is drawn while a step goes on; `nil` where nobody looks.
    func tick(_ step: Int) -> (@Sendable (Int) -> Void)? {
        guard isDrawn else { return nil }
        let expected = Self.text(seconds[step])
        return { Terminal.writeError(Self.clear + "    \(Self.text($0)) of about \(expected)") }
    }

    /// Over what was drawn, with blanks: no terminal needs to know more than a carriage return.
    private static let clear = "\r" + String(repeating: " ", count: 40) + "\r"

    /// Removes what was drawn.
    func clear() {
        if isDrawn { Terminal.writeError(Self.clear) }
    }

    static func text(_ seconds: Int) -> String {
        seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min" + (seconds % 60 == 0 ? "" : " \(seconds % 60) s")
    }
}
