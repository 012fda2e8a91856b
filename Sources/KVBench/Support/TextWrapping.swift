/// Text in lines that are not too long.
enum TextWrapping {
    /// What tables and the text around them keep to: half of a usual screen.
    static let width = 60

    /// The words of `text` in lines of at most `width` characters; a longer word has a line of its own. Lines but the
    /// first begin with `indent` spaces.
    static func lines(_ text: String, width: Int = Self.width, indent: Int = 0) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = String(repeating: " ", count: indent) + word
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        return lines + [line]
    }
}
