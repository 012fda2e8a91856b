/// Text on its way into a page.
enum HTMLText {
    /// What stands for itself in an element or a quoted attribute.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// A table with a row of headings; the first cell of each row is its heading.
    ///
    /// - Parameter caption: what the table is, for readers who do not see the page.
    static func table(_ caption: String, _ headings: [String], _ rows: [[String]]) -> String {
        func cells(_ cells: [String], _ first: String, _ rest: String) -> String {
            cells.enumerated().map { index, cell in
                let tag = index == 0 ? first : rest
                return "<\(tag)>\(escaped(cell))</\(tag.prefix { $0 != " " })>"
            }.joined()
        }
        let head = cells(headings, "th scope=\"col\"", "th scope=\"col\"")
        let body = rows.map { "<tr>" + cells($0, "th scope=\"row\"", "td") + "</tr>" }.joined(separator: "\n")
        return """
            <div class="scroll"><table><caption>\(escaped(caption))</caption>
            <thead><tr>\(head)</tr></thead>
            <tbody>\(body)</tbody></table></div>
            """
    }
}
