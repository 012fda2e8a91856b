import Foundation
import SystemPackage
import Testing

/// Chromium without a window, in which a page is looked at.
enum Browser {
    private static let names = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    private static let program = names.first {
        access($0, X_OK) == 0
    }
    static let isInstalled = program != nil
    static let remedy = "there is no Chromium to look at pages with: scripts/bootstrap.sh --tests installs it"

    struct Failure: Error {
        let text: String
    }

    /// What is seen of a page.
    struct Look: Decodable {
        /// How many pixels are to the right of what the window shows.
        let overflow: Double
        let width: Double
        let isDark: Bool
        let ground: String
        let ink: String
        /// The cells that have a number.
        let cells: [Cell]
        /// Pictures that have no name or no description for who does not see them.
        let undescribed: Int
        let pictures: Int
        /// What a chart says where it is pointed at.
        let readout: String
        let flames: [Flame]
        /// What scripts complained of, which standard error has.
        var complaints: [String]? = nil
    }

    /// What a flame graph does when the widest function of the lowest row is looked for, touched, and left again.
    struct Flame: Decodable {
        let frames: Int
        /// What it says that it has found.
        let found: String
        /// How wide the function is where it was touched.
        let width: String
        /// How many functions were hidden then, and how many still are in the end.
        let hidden: Int
        let hiddenAfter: Int
    }

    struct Cell: Decodable {
        let table: String
        let field: String
        let column: Int
        let value: Double
        let text: String
    }

    /// Looks at a page in a window of that width.
    ///
    /// It is put into a frame, since Chromium's own window is never narrower than 500 pixels.
    static func look(at html: String, width: Int, dark: Bool) throws -> Look {
        let folder = try TemporaryFolder()
        let escaped = html.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "\"", with: "&quot;")
        let frame = """
            <!DOCTYPE html><meta charset="utf-8"><title>frame</title>
            <iframe id="frame" style="color-scheme: \(dark ? "dark" : "light"); width: \(width)px; height: 800px; border: 0"
            srcdoc="\(escaped)"></iframe><pre id="look"></pre>
            <script>\(script)</script>
            """
        let page = folder.path.appending("frame.html").string
        try Data(frame.utf8).write(to: URL(filePath: page))
        let (dom, log) = try dump(page, dark: dark, in: folder)
        var look = try JSONDecoder().decode(Look.self, from: Data(text(of: "pre", in: dom, log).utf8))
        look.complaints = complaints(log)
        return look
    }

    /// Looks at a flame graph that is a file of its own.
    static func look(atPicture svg: String) throws -> (flame: Flame, complaints: [String]) {
        let folder = try TemporaryFolder()
        let page = folder.path.appending("picture.svg").string
        let end = try #require(svg.range(of: "</svg>", options: .backwards))
        let more = """
            <desc id="look"></desc><script><![CDATA[
            \(touching)
            document.getElementById("look").textContent = JSON.stringify(touch(document.documentElement));
            ]]></script></svg>
            """
        try Data(svg.replacingCharacters(in: end, with: more).utf8).write(to: URL(filePath: page))
        let (dom, log) = try dump(page, dark: false, in: folder)
        return (
            try JSONDecoder().decode(Flame.self, from: Data(try text(of: "desc", in: dom, log).utf8)), complaints(log)
        )
    }

    private static func complaints(_ log: String) -> [String] {
        log.split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init)
    }

    /// What a script has left in the element `look`.
    private static func text(of element: String, in dom: String, _ log: String) throws -> String {
        guard let start = dom.range(of: "<\(element) id=\"look\">"),
            let end = dom.range(of: "</\(element)>", range: start.upperBound..<dom.endIndex)
        else { throw Failure(text: "Chromium has not shown the page:\n\(log.suffix(2000))") }
        return dom[start.upperBound..<end.lowerBound].replacingOccurrences(of: "&lt;", with: "<")
            .replacingOccurrences(of: "&gt;", with: ">").replacingOccurrences(of: "&amp;", with: "&")
    }

    private static let touching = """
        const touch = (root) => {
          const input = root.querySelector("input"), frames = [...root.querySelectorAll(".f")];
          const lowest = frames.filter((f) => f.dataset.d === "1");
          const widest = lowest.reduce((one, other) => (+other.dataset.w > +one.dataset.w ? other : one));
          const hidden = () => frames.filter((f) => getComputedStyle(f).display === "none").length;
          input.value = widest.querySelector("text").textContent.toUpperCase();
          input.dispatchEvent(new Event("input"));
          const found = root.querySelector(".readout").textContent;
          widest.dispatchEvent(new Event("click"));
          const look = { frames: frames.length, found, width: widest.getAttribute("width"), hidden: hidden() };
          input.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
          return { ...look, hiddenAfter: hidden() };
        };
        """

    private static let script = """
        \(touching)
        addEventListener("load", () => {
          const frame = document.getElementById("frame"), page = frame.contentDocument, root = page.documentElement;
          const cells = [...page.querySelectorAll("tr[data-field] td[data-value]")].map((cell) => ({
            table: cell.closest("table").caption.textContent, field: cell.parentElement.dataset.field,
            column: cell.cellIndex - 1, value: Number(cell.dataset.value), text: cell.firstChild.textContent }));
          const pictures = [...page.querySelectorAll("svg[role=img]")];
          const named = (svg) => svg.getAttribute("aria-label")
            || svg.getAttribute("aria-labelledby").split(" ").every((id) => page.getElementById(id).textContent)
            && svg.closest("figure").querySelector("table caption");
          let readout = "";
          const band = page.querySelector(".band");
          if (band) {
            band.scrollIntoView();
            const box = band.getBoundingClientRect();
            const place = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, bubbles: true };
            band.dispatchEvent(new frame.contentWindow.PointerEvent("pointermove", place));
            readout = band.closest("figure").querySelector(".readout").textContent;
          }
          const style = frame.contentWindow.getComputedStyle(page.body);
          document.getElementById("look").textContent = JSON.stringify({
            overflow: root.scrollWidth - root.clientWidth, width: frame.contentWindow.innerWidth,
            isDark: frame.contentWindow.matchMedia("(prefers-color-scheme: dark)").matches,
            ground: style.backgroundColor, ink: style.color, cells, readout, flames: [...page.querySelectorAll("figure.flame")].map(touch),
            pictures: pictures.length, undescribed: pictures.filter((svg) => !named(svg)).length });
        });
        """

    private static func dump(_ page: String, dark: Bool, in folder: TemporaryFolder) throws -> (
        dom: String, log: String
    ) {
        let (dom, log) = (folder.path.appending("dom").string, folder.path.appending("log").string)
        for file in [dom, log] { try Data().write(to: URL(filePath: file)) }
        let process = Process()
        process.executableURL = URL(filePath: program ?? "")
        process.arguments =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
                "--v=0",
                "--user-data-dir=\(folder.path.appending("profile").string)", "--virtual-time-budget=5000",
                "--dump-dom",
            ] + (dark ? ["--force-dark-mode"] : []) + ["file://\(page)"]
        // To files: it writes more to one than a pipe holds while the other is read.
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: dom))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: log))
        try process.run()
        process.waitUntilExit()
        return (try String(contentsOfFile: dom, encoding: .utf8), try String(contentsOfFile: log, encoding: .utf8))
    }
}
