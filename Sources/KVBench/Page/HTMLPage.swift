/// A page that needs no other file and no network: headings, tables and charts, in the colours that a reader prefers.
struct HTMLPage {
    let title: String
    /// What stands below the title.
    let subtitle: String
    private var parts: [String] = []
    private var charts = 0

    init(_ title: String, subtitle: String) {
        self.title = title
        self.subtitle = subtitle
    }

    /// Adds a heading and what belongs to it; nothing for an empty part.
    mutating func add(_ heading: String, _ html: String) {
        guard !html.isEmpty else { return }
        parts.append("<h2>\(HTMLText.escaped(heading))</h2>\n\(html)")
    }

    /// Adds a heading and charts beside one another; nothing without any.
    mutating func add(_ heading: String, _ figures: [LineChart]) {
        guard !figures.isEmpty else { return }
        let html = figures.enumerated().map { $1.html(charts + $0) }.joined(separator: "\n")
        charts += figures.count
        add(heading, "<div class=\"charts\">\n\(html)\n</div>")
    }

    /// The whole of it.
    var html: String { Self.html(title, subtitle: subtitle, body: parts.joined(separator: "\n")) }

    /// A page around `body`, whose styles and scripts come after those of all pages.
    static func html(
        _ title: String, subtitle: String, styles: [String] = [], scripts: [String] = [], body: String
    ) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        <title>\(HTMLText.escaped(title))</title>
        <style>
        \(([PageStyle.css] + styles).joined(separator: "\n"))
        </style>
        </head>
        <body>
        <main>
        <h1>\(HTMLText.escaped(title))</h1>
        <p class="quiet">\(HTMLText.escaped(subtitle))</p>
        \(body)
        </main>
        <script>
        \(([PageStyle.script] + scripts).joined(separator: "\n"))
        </script>
        </body>
        </html>

        """
    }
}
