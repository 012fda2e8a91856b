/// What a profile leaves, as one page and as text.
struct ProfileReport: Sendable {
    let title: String
    let subtitle: String
    var sections: [ProfileSection]

    // MARK: The page

    private static let css = """
        nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; } nav a, section a { color: var(--c0); }
        section > p, section > ul { max-width: 60rem; } section > ul { padding-left: 1.2rem; }
        section > .scroll, section > figure, section > details { margin: .75rem 0; }
        section > figure:not(.flame) { max-width: 38rem; } pre { overflow-x: auto; font-size: .8rem; }
        """

    var html: String {
        var charts = 0
        let parts = sections.map { section in
            let blocks = section.blocks.map { html($0, &charts) }.joined(separator: "\n")
            return
                "<section id=\"\(Self.anchor(section.title))\">\n<h2>\(HTMLText.escaped(section.title))</h2>\n\(blocks)\n</section>"
        }
        let links = sections.map { "<a href=\"#\(Self.anchor($0.title))\">\(HTMLText.escaped($0.title))</a>" }
        return HTMLPage.html(
            title, subtitle: subtitle, styles: [FlameStyle.variables, FlameStyle.css, FlameStyle.pageCSS, Self.css],
            scripts: [FlameStyle.pageScript],
            body: "<nav aria-label=\"sections\">\(links.joined(separator: "\n"))</nav>\n"
                + parts.joined(separator: "\n"))
    }

    private func html(_ block: ProfileBlock, _ charts: inout Int) -> String {
        switch block {
        case .text(let text): return "<p>\(HTMLText.escaped(text))</p>"
        case .list(let items):
            return "<ul>" + items.map { "<li>\(HTMLText.escaped($0))</li>" }.joined(separator: "\n") + "</ul>"
        case .table(let caption, let headings, let rows): return Self.table(caption, headings, rows)
        case .chart(let chart):
            charts += 1
            return chart.html(charts)
        case .flame(let graph, let description, let file):
            return graph.html(description)
                + "\n<p class=\"quiet\">Alone: <a href=\"\(HTMLText.escaped(file))\">\(HTMLText.escaped(file))</a></p>"
        case .printed(let title, let text):
            return """
                <details><summary>\(HTMLText.escaped(title))</summary><pre>\(HTMLText.escaped(text))</pre></details>
                """
        }
    }

    /// A table with a row of headings; the first cell of each row is its heading. It can be scrolled by keys where it is wider
    /// than the page.
    private static func table(_ caption: String, _ headings: [String], _ rows: [[String]]) -> String {
        let head = headings.map { "<th scope=\"col\">\(HTMLText.escaped($0))</th>" }.joined()
        let body = rows.map { row in
            let name = row.first.map { "<th scope=\"row\">\(HTMLText.escaped($0))</th>" } ?? ""
            return "<tr>\(name)" + row.dropFirst().map { "<td>\(HTMLText.escaped($0))</td>" }.joined() + "</tr>"
        }
        return """
            <div class="scroll" tabindex="0"><table><caption>\(HTMLText.escaped(caption))</caption>
            <thead><tr>\(head)</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table></div>
            """
    }

    private static func anchor(_ title: String) -> String {
        String(title.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
    }

    // MARK: The text

    var markdown: String {
        let parts = sections.map { section in
            "## \(section.title)\n\n" + section.blocks.compactMap(markdown).joined(separator: "\n\n")
        }
        return (["# \(title)", subtitle + ". `index.html` has the same with pictures."] + parts).joined(
            separator: "\n\n")
            + "\n"
    }

    private func markdown(_ block: ProfileBlock) -> String? {
        switch block {
        case .text(let text): return TextWrapping.lines(text, width: 110).joined(separator: "\n")
        case .list(let items):
            return items.map { TextWrapping.lines("- " + $0, width: 110, indent: 2).joined(separator: "\n") }
                .joined(separator: "\n")
        case .table(let caption, let headings, let rows):
            var table = TextTable()
            table.add(headings)
            for row in rows { table.add(row) }
            return "\(caption):\n\n```\n\(table.lines.joined(separator: "\n"))\n```"
        case .chart(let chart): return Self.table(chart)
        case .flame(let graph, let description, let file): return "\(graph.title): `\(file)`. \(description)"
        case .printed(let title, let text): return "\(title):\n\n```\n\(text)\n```"
        }
    }

    /// A dozen of a chart's places.
    private static func table(_ chart: LineChart) -> String? {
        let places = Set(chart.lines.flatMap { $0.points.map(\.x) }).sorted()
        guard !places.isEmpty else { return nil }
        let every = max(1, (places.count + 11) / 12)
        var table = TextTable()
        table.add([chart.x.label] + chart.lines.map(\.name))
        for (index, place) in places.enumerated() where index % every == every - 1 || index == places.count - 1 {
            table.add(
                [chart.x.text(place)]
                    + chart.lines.map { line in line.points.last { $0.x <= place }.map { chart.y.text($0.y) } ?? "" })
        }
        return "\(chart.title):\n\n```\n\(table.lines.joined(separator: "\n"))\n```"
    }
}
