/// Stacks of calls as a picture: each function as wide as what was found in it and in what it called, on top of its caller,
/// coloured by whose it is.
///
/// Every frame is a picture of its own inside the picture, placed by percentages: names are cut where their frame ends and
/// letters stay as large on a phone, without a script. With one a frame fills the width when it is touched, and functions
/// are found by name.
struct FlameGraph: Sendable {
    /// What amounts are of.
    enum Unit: Sendable {
        case samples, microseconds, bytes, calls

        func text(_ amount: Double) -> String {
            switch self {
            case .samples: "\(NumberText.grouped(amount)) samples"
            case .microseconds: "\((amount / 1e6).rounded(toPlaces: 3)) s"
            case .bytes: NumberText.bytes(Int(amount))
            case .calls: "\(NumberText.grouped(amount)) calls"
            }
        }
    }

    let title: String
    let unit: Unit
    private let total: Double
    private let isDifference: Bool
    private let boxes: [Box]
    private let depth: Int

    /// One function in one place.
    private struct Box: Sendable {
        var frame: FoldedStacks.Frame
        var depth: Int
        /// Shares of the whole.
        var from: Double
        var width: Double
        var amount: Double
        /// How much more of the whole it is than before, when there is a before.
        var change: Double
    }

    /// What is narrower is left out: nobody can see or touch it.
    private static let narrowest = 0.002

    /// - Parameter before: what it is compared with: colours then tell what has more and what less of the whole.
    init(_ title: String, _ stacks: FoldedStacks, _ unit: Unit, before: FoldedStacks? = nil) {
        self.title = title
        self.unit = unit
        total = stacks.total
        isDifference = before != nil
        var tree = FlameTree()
        tree.add(stacks, of: max(stacks.total, 1e-9), place: 0)
        if let before { tree.add(before, of: max(before.total, 1e-9), place: 1) }
        var boxes: [Box] = []
        var depth = 0
        Self.place(tree, 0, from: 0, depth: 0, total: total, into: &boxes, &depth)
        self.boxes = boxes
        self.depth = depth + 1
    }

    private static func place(
        _ tree: FlameTree, _ node: Int, from: Double, depth: Int, total: Double, into boxes: inout [Box],
        _ deepest: inout Int
    ) {
        let (amounts, frame) = (tree.nodes[node].amounts, tree.nodes[node].frame)
        guard amounts[0] >= narrowest else { return }
        deepest = max(deepest, depth)
        boxes.append(
            Box(
                frame: frame ?? FoldedStacks.Frame(name: "all", layer: .load), depth: depth, from: from,
                width: amounts[0], amount: amounts[0] * total, change: amounts[0] - amounts[1]))
        var start = from
        let children = tree.nodes[node].children.values.sorted {
            (tree.nodes[$1].amounts[0], tree.nodes[$0].frame?.name ?? "") < (
                tree.nodes[$0].amounts[0], tree.nodes[$1].frame?.name ?? ""
            )
        }
        for child in children {
            place(tree, child, from: start, depth: depth + 1, total: total, into: &boxes, &deepest)
            start += tree.nodes[child].amounts[0]
        }
    }

    // MARK: As a picture

    private static let rowHeight = 17
    private var height: Int { depth * Self.rowHeight }

    /// As a file of its own.
    var svg: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" class="flame" width="100%" height="\(height + 64)" \
        font-family="system-ui, sans-serif">
        <title>\(HTMLText.escaped(title))</title>
        <style>
        \(FlameStyle.variables.replacingRoot)
        svg.flame { background: var(--ground); }
        \(FlameStyle.css)
        </style>
        <text class="head" x="8" y="20">\(HTMLText.escaped(title))</text>
        <foreignObject x="8" y="28" width="60%" height="30"><input xmlns="http://www.w3.org/1999/xhtml" type="search" \
        placeholder="find a function" aria-label="find a function"/></foreignObject>
        <text class="readout" x="62%" y="48"> </text>
        <svg class="frames" x="0" y="64" width="100%" height="\(height)">
        \(frames)
        </svg>
        <script><![CDATA[
        \(FlameStyle.script)
        flame(document.documentElement);
        ]]></script>
        </svg>

        """
    }

    /// As a part of a page that has ``FlameStyle``.
    ///
    /// - Parameter description: what is seen, for readers who do not see it.
    func html(_ description: String) -> String {
        """
        <figure class="flame">
        <figcaption>\(HTMLText.escaped(title))</figcaption>
        \(legend)
        <p class="find"><input type="search" placeholder="find a function" aria-label="find a function in: \
        \(HTMLText.escaped(title))"> <button type="button">all</button></p>
        <p class="readout" aria-live="polite">&nbsp;</p>
        <svg class="frames" width="100%" height="\(height)" role="img" aria-label="\(HTMLText.escaped(description))">
        \(frames)
        </svg>
        </figure>
        """
    }

    private var legend: String {
        let items: [(String, String)] =
            isDifference
            ? [("more", "more than before"), ("less", "less than before")]
            : CodeLayer.allCases.map { ("layer\($0.rawValue)", $0.name) }
        return "<ul class=\"legend\">"
            + items.map { "<li><span class=\"key \($0.0)\"></span>\(HTMLText.escaped($0.1))</li>" }.joined() + "</ul>"
    }

    private var frames: String {
        boxes.map { box in
            let share = "\(NumberText.plain((box.width * 100).rounded(toPlaces: 2))) %"
            var text = "\(box.frame.name): \(unit.text(box.amount)), \(share)"
            if isDifference {
                let change = (box.change * 100).rounded(toPlaces: 2)
                text += ", \(change < 0 ? "" : "+")\(NumberText.plain(change)) points"
            }
            let y = (depth - 1 - box.depth) * Self.rowHeight
            return """
                <svg class="f \(style(box))" x="\(percent(box.from))" y="\(y)" width="\(percent(box.width))" \
                height="\(Self.rowHeight - 1)" data-x="\(number(box.from))" data-w="\(number(box.width))" \
                data-d="\(box.depth)"><title>\(HTMLText.escaped(text))</title>\
                <rect width="100%" height="100%" rx="1"\(opacity(box))/><text x="3" y="12">\
                \(HTMLText.escaped(box.frame.name))</text></svg>
                """
        }.joined(separator: "\n")
    }

    private func style(_ box: Box) -> String {
        guard isDifference else { return box.depth == 0 ? "root" : "layer\(box.frame.layer.rawValue)" }
        return abs(box.change) < 0.001 ? "same" : box.change > 0 ? "more" : "less"
    }

    private func opacity(_ box: Box) -> String {
        guard isDifference else { return "" }
        return " fill-opacity=\"\(min(1, 0.25 + 8 * abs(box.change)).rounded(toPlaces: 2))\""
    }

    private func number(_ share: Double) -> String { NumberText.plain(share.rounded(toPlaces: 6)) }
    private func percent(_ share: Double) -> String { NumberText.plain((share * 100).rounded(toPlaces: 4)) + "%" }
}

/// Stacks that share what they begin with.
private struct FlameTree {
    struct Node {
        var frame: FoldedStacks.Frame?
        /// Shares of the whole: now, and before.
        var amounts = [0.0, 0.0]
        var children: [FoldedStacks.Frame: Int] = [:]
    }

    var nodes = [Node()]

    mutating func add(_ stacks: FoldedStacks, of total: Double, place: Int) {
        for (stack, amount) in zip(stacks.stacks, stacks.amounts) {
            var node = 0
            nodes[0].amounts[place] += amount / total
            for number in stack {
                let frame = stacks.frames[number]
                if let child = nodes[node].children[frame] {
                    node = child
                } else {
                    nodes.append(Node(frame: frame))
                    nodes[node].children[frame] = nodes.count - 1
                    node = nodes.count - 1
                }
                nodes[node].amounts[place] += amount / total
            }
        }
    }
}
