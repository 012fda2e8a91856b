/// A table with a row of headings; the first cell of each row is its heading.
struct HTMLTable {
    struct Cell {
        let text: String
        /// In small letters below it.
        var note: String?
        /// The number that the text is made of, as a document has it.
        var value: Double?

        init(_ text: String, note: String? = nil, value: Double? = nil) {
            self.text = text
            self.note = note
            self.value = value
        }
    }

    struct Row {
        let name: String
        let cells: [Cell]
        /// The field of a document that the row shows.
        var field: String?
        /// Whether the cells are not the same, which they could be.
        var differs = false
    }

    /// What the table is.
    let caption: String
    let headings: [String]
    var rows: [Row] = []

    init(_ caption: String, _ headings: [String], _ rows: [Row] = []) {
        self.caption = caption
        self.headings = headings
        self.rows = rows
    }

    /// Adds a row of plain texts.
    mutating func add(_ name: String, _ texts: [String]) {
        rows.append(Row(name: name, cells: texts.map { Cell($0) }))
    }

    var html: String {
        let head = headings.map { "<th scope=\"col\">\(HTMLText.escaped($0))</th>" }.joined()
        return """
            <div class="scroll" tabindex="0"><table><caption>\(HTMLText.escaped(caption))</caption>
            <thead><tr>\(head)</tr></thead>
            <tbody>\(rows.map(Self.html).joined(separator: "\n"))</tbody></table></div>
            """
    }

    private static func html(_ row: Row) -> String {
        let field = row.field.map { " data-field=\"\(HTMLText.escaped($0))\"" } ?? ""
        let cells = row.cells.map { cell in
            let value = cell.value.map { " data-value=\"\(NumberText.plain($0))\"" } ?? ""
            let note = cell.note.map { "<small>\(HTMLText.escaped($0))</small>" } ?? ""
            return "<td\(value)>\(HTMLText.escaped(cell.text))\(note)</td>"
        }
        return """
            <tr\(field)\(row.differs ? " class=\"differs\"" : "")><th scope="row">\(HTMLText.escaped(row.name))</th>\
            \(cells.joined())</tr>
            """
    }
}
