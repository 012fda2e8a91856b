/// A part of a profile's report, which the page and the text show each in their way.
enum ProfileBlock: Sendable {
    case text(String)
    /// Remarks, the most important first.
    case list([String])
    case table(String, headings: [String], rows: [[String]])
    case chart(LineChart)
    /// A flame graph with what is seen in words, and the file that has it alone.
    case flame(FlameGraph, description: String, file: String)
    /// Text as a program printed it, shown when it is asked for.
    case printed(String, String)
}

/// A part with a heading.
struct ProfileSection: Sendable {
    let title: String
    var blocks: [ProfileBlock]

    init(_ title: String, _ blocks: [ProfileBlock]) {
        self.title = title
        self.blocks = blocks
    }
}
