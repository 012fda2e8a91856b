/// Rows of text in columns: the first to the left, the others to the right unless told otherwise.
struct TextTable {
    /// Where the cells of all columns but the first stand.
    enum Alignment {
        case left, right
    }

    private let alignment: Alignment
    private var rows: [[String]] = []

    init(alignment: Alignment = .right) {
        self.alignment = alignment
    }

    /// Adds a row; rows may differ in length.
    mutating func add(_ cells: [String]) {
        rows.append(cells)
    }

    /// The rows as lines, without trailing spaces.
    var lines: [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                let isLeft = column == 0 || alignment == .left
                line += (column == 0 ? "" : "  ") + (isLeft ? cell + padding : padding + cell)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
