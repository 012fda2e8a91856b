/// Lines over one another as an SVG picture that scales with the page, with a table of the same numbers below it.
///
/// Colours and dashes come from the page's style, by the place of a line: `line0`, `line1`, ...
struct LineChart {
    struct Line {
        let name: String
        let points: [(x: Double, y: Double)]
    }

    /// How a line goes from point to point.
    enum Shape {
        case straight
        /// Level up to the next point, for what belongs to a range.
        case stepped
    }

    let title: String
    /// What is seen, in a sentence or two, which stands below the title.
    let description: String
    let x: ChartAxis
    let y: ChartAxis
    let lines: [Line]
    let shape: Shape

    // In the picture's own units. Narrow, so that letters can be read on a phone.
    private static let size = (width: 440.0, height: 260.0)
    private static let plot = (left: 70.0, right: 420.0, top: 10.0, bottom: 216.0)
    /// How many places can be pointed at.
    private static let mostBands = 120
    /// The width of a letter where letters are largest.
    private static let letter = 9.0

    init(
        _ title: String, _ description: String, x: (label: String, scale: ChartAxis.Scale),
        y: (label: String, scale: ChartAxis.Scale), _ lines: [Line], shape: Shape = .straight,
        xText: @escaping @Sendable (Double) -> String, yText: @escaping @Sendable (Double) -> String
    ) {
        self.title = title
        self.description = description
        self.lines = lines
        self.shape = shape
        self.x = ChartAxis(x.label, x.scale, lines.flatMap { $0.points.map(\.x) }, endsWithin: true, xText)
        self.y = ChartAxis(y.label, y.scale, lines.flatMap { $0.points.map(\.y) }, yText)
    }

    /// - Parameter number: tells it from the page's other charts.
    func html(_ number: Int) -> String {
        """
        <figure id="chart\(number)">
        <figcaption>\(HTMLText.escaped(title))</figcaption>
        <p class="quiet">\(HTMLText.escaped(description))</p>
        \(legend)
        <svg viewBox="0 0 \(Self.text(Self.size.width)) \(Self.text(Self.size.height))" role="img" \
        aria-labelledby="title\(number) desc\(number)">
        <title id="title\(number)">\(HTMLText.escaped(title))</title>
        <desc id="desc\(number)">\(HTMLText.escaped(description + " " + ranges))</desc>
        \(grid)
        \(paths)
        \(bands)
        </svg>
        <p class="readout" aria-hidden="true">&nbsp;</p>
        <details><summary>The numbers</summary>
        \(table.html)
        </details>
        </figure>
        """
    }

    private var legend: String {
        guard lines.count > 1 else { return "" }
        let items = lines.enumerated().map { index, line in
            """
            <li><svg viewBox="0 0 28 8" aria-hidden="true"><path class="line\(index % 6)" d="M0 4H28"/></svg>\
            \(HTMLText.escaped(line.name))</li>
            """
        }
        return "<ul class=\"legend\">\(items.joined())</ul>"
    }

    /// What each line spans, in words.
    private var ranges: String {
        lines.map { line in
            let values = line.points.map(\.y)
            guard let least = values.min(), let most = values.max(), let last = values.last else {
                return "\(line.name): nothing was measured."
            }
            return "\(line.name): from \(y.text(least)) to \(y.text(most)), at the end \(y.text(last))."
        }.joined(separator: " ")
    }

    private func across(_ value: Double) -> Double {
        Self.plot.left + x.place(value) * (Self.plot.right - Self.plot.left)
    }

    private func down(_ value: Double) -> Double {
        Self.plot.bottom - y.place(value) * (Self.plot.bottom - Self.plot.top)
    }

    private static func text(_ coordinate: Double) -> String { NumberText.plain(coordinate.rounded(toPlaces: 1)) }

    private var grid: String {
        let (left, right, bottom) = (Self.text(Self.plot.left), Self.text(Self.plot.right), Self.plot.bottom)
        let rows = y.marks.map { mark in
            let height = Self.text(down(mark))
            return """
                <path class="grid" d="M\(left) \(height)H\(right)"/>\
                <text class="y" x="\(Self.text(Self.plot.left - 6))" y="\(Self.text(down(mark) + 4))">\
                \(HTMLText.escaped(y.text(mark)))</text>
                """
        }
        let middle = Self.text((Self.plot.left + Self.plot.right) / 2)
        let label = """
            <text class="x" x="\(middle)" y="\(Self.text(bottom + 36))">\(HTMLText.escaped(x.label))</text>
            """
        return (rows + columns + [label]).joined(separator: "\n")
    }

    /// The marks of the axis below, without those that would cover the one before.
    private var columns: [String] {
        var end = -Double.infinity
        return x.marks.compactMap { mark in
            let text = x.text(mark)
            let half = Double(text.count) * Self.letter / 2
            let middle = min(across(mark), Self.size.width - half)
            guard middle - half >= end else { return nil }
            end = middle + half + Self.letter
            return """
                <text class="x" x="\(Self.text(middle))" y="\(Self.text(Self.plot.bottom + 17))">\
                \(HTMLText.escaped(text))</text>
                """
        }
    }

    private var paths: String {
        lines.enumerated().map { index, line in
            guard line.points.count > 1 else {
                return line.points.map {
                    """
                    <circle class="dot\(index % 6)" r="4" cx="\(Self.text(across($0.x)))" cy="\(Self.text(down($0.y)))"/>
                    """
                }.joined()
            }
            return "<path class=\"line\(index % 6)\" d=\"\(path(line.points))\"/>"
        }.joined(separator: "\n")
    }

    private func path(_ points: [(x: Double, y: Double)]) -> String {
        points.enumerated().map { index, point in
            let (across, down) = (Self.text(across(point.x)), Self.text(down(point.y)))
            switch shape {
            case .straight: return (index == 0 ? "M" : "L") + "\(across) \(down)"
            case .stepped:
                return index == 0 ? "M\(across) \(Self.text(Self.plot.bottom))V\(down)" : "H\(across)V\(down)"
            }
        }.joined()
    }

    private var places: [Double] { Set(lines.flatMap { $0.points.map(\.x) }).sorted() }

    /// Places to point at, each of which says what all lines have there.
    private var bands: String {
        let places = places
        let shown = places.indices.filter { $0 % max(1, (places.count + Self.mostBands - 1) / Self.mostBands) == 0 }
        return shown.enumerated().map { index, place in
            let here = across(places[place])
            let before = index > 0 ? across(places[shown[index - 1]]) : Self.plot.left - (here - Self.plot.left)
            let after = index + 1 < shown.count ? across(places[shown[index + 1]]) : here + (here - before)
            var (from, to) = ((before + here) / 2, (here + after) / 2)
            if shape == .stepped { (from, to) = (here, index + 1 < shown.count ? after : here) }
            (from, to) = (max(Self.plot.left, from), min(Self.plot.right, to))
            let values = lines.compactMap { line in
                line.points.last { $0.x <= places[place] }.map { "\(line.name) \(y.text($0.y))" }
            }
            let text = HTMLText.escaped("\(x.label) \(x.text(places[place])): \(values.joined(separator: ", "))")
            return """
                <rect class="band" x="\(Self.text(from))" y="\(Self.text(Self.plot.top))" \
                width="\(Self.text(max(1, to - from)))" height="\(Self.text(Self.plot.bottom - Self.plot.top))" \
                data-text="\(text)"><title>\(text)</title></rect>
                """
        }.joined(separator: "\n")
    }

    private var table: HTMLTable {
        HTMLTable(
            title, [x.label] + lines.map(\.name),
            places.map { place in
                HTMLTable.Row(
                    name: x.text(place),
                    cells: lines.map { line in
                        guard let point = line.points.first(where: { $0.x == place }) else { return HTMLTable.Cell("") }
                        return HTMLTable.Cell(y.text(point.y), value: point.y)
                    }, field: NumberText.plain(place))
            })
    }
}
