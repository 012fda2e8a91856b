import Foundation
import SystemPackage
import Testing

@testable import KVBench

/// What people expect of a command that they use every day.
@Suite("Habits of the kvbench command")
struct HabitTests {
    private let folder: TemporaryFolder
    private var program: Program { Program(folder: folder.path) }

    init() throws { folder = try TemporaryFolder() }

    private static let commands = ["run", "compare", "diff", "namespaces", "engine", "report", "list", "manual"]

    @Test("Numbers are taken as people write them")
    func numbers() throws {
        let numbers: [(String, Int?)] = [
            ("1000", 1000), ("1,000,000", 1_000_000), ("1_000", 1000), ("1e6", 1_000_000), ("1.5k", 1500),
            ("2M", 2_000_000),
            ("64KiB", 65536), ("4kB", 4000), ("100B", 100), ("-5", -5), ("0.5", nil), ("", nil), ("k", nil),
            ("nan", nil),
            ("0x10", nil), ("1e30", nil), ("ten", nil), ("1 000", nil),
        ]
        for (text, number) in numbers { #expect(CountText.parse(text) == number, "\(text)") }
        #expect(
            CountText.plain([
                "run", "--keys", "1k", "--rate=2k", "--duration", "-1s", "--engine", "1k", "--", "--keys", "1k",
            ])
                == ["run", "--keys", "1000", "--rate=2000", "--duration=-1s", "--engine", "1k", "--", "--keys", "1k"])
        #expect(
            CountText.plain(["--seed", "18446744073709551615", "--keys"]) == [
                "--seed", "18446744073709551615", "--keys",
            ])
        let result = try program.run([
            "run", "fill-random", "--keys", "1k", "--value-size", "1KiB", "--workers", "2", "--json", "-", "--quiet",
        ])
        #expect(result.status == 0)
        let document = try JSONDecoder().decode(ResultDocument.self, from: Data(result.output.utf8))
        #expect(document.writes == 1000 && document.work?.valueSize == 1024)
    }

    @Test("The listing comes as JSON and as lines of values too")
    func list() throws {
        let json = try program.run(["list", "--json"])
        #expect(json.status == 0)
        let tree = try JSONDecoder().decode(JSONTree.self, from: Data(json.output.utf8))
        #expect(tree["workloads"]?[0]?["name"] == .text("messages"))
        #expect(tree["engines"]?[0]?["durabilities"]?["buffered"]?["power_cut"] == .text("the last 1 s"))
        let csv = try program.run(["list", "--csv"])
        let lines = csv.output.split(separator: "\n")
        #expect(lines.first == "kind,name,summary,missing")
        #expect(
            lines.count == 1 + WorkloadCatalog.entries.count + EngineCatalog.entries.count + TuningChoice.allCases.count
        )
    }

    @Test("Results come as lines of values, the same columns whatever the engine")
    func csv() throws {
        let one = try program.run(["run", "fill-random", "--keys", "200", "--workers", "2", "--csv", "-", "--quiet"])
        #expect(one.status == 0 && one.error == "")
        let lines = one.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(lines.count == 2)
        let column = try #require(lines[0].firstIndex(of: "writes"))
        // From the end: a processor's name before it may have a comma.
        #expect(lines[1][lines[1].count - (lines[0].count - column)] == "200")
        #expect(lines[0].contains("latency_us.write.p99") && !one.output.contains("engine_settings"))
        let compared = try program.run([
            "compare", "fill-random", "--engines", "kvstore,rocksdb", "--keys", "100", "--workers", "2", "--rounds",
            "2", "--csv",
            "c.csv", "--quiet",
        ])
        #expect(compared.status == 0)
        let text = try String(contentsOfFile: folder.path.appending("c.csv").string, encoding: .utf8)
        let rows = text.split(separator: "\n")
        #expect(rows.count == 5)
        #expect(rows.first?.hasPrefix("contestant,round,conflicts,cpu_us_per_operation,") == true)
        #expect(rows.dropFirst().map { $0.prefix(9) } == ["kvstore,1", "kvstore,2", "rocksdb,1", "rocksdb,2"])
    }

    @Test("A value with a comma, a quotation mark or a line break is quoted")
    func quoting() {
        #expect(CSVText.lines([["a", "b,c", "d\"e", "f\ng", ""]]) == "a,\"b,c\",\"d\"\"e\",\"f\ng\",\n")
    }

    @Test("With an interval there is a line for each, without anything that only a terminal knows")
    func interval() throws {
        let result = try program.run([
            "run", "messages", "--duration", "1200ms", "--workers", "2", "--interval", "500ms",
        ])
        #expect(result.status == 0)
        let lines = result.error.split(separator: "\n")
        #expect(lines.count >= 2)
        #expect(lines.allSatisfy { $0.contains("operations/s") && $0.contains("p99") && $0.contains("longest") })
        #expect(!(result.error + result.output).contains { $0 == "\r" || $0 == "\u{1B}" })
    }

    /// What a terminal of 40 columns is given.
    private func terminal(_ environment: String) throws -> String {
        let run = "stty cols 40; \(environment) $KVBENCH run messages --duration 2500ms --workers 2"
        let result = try program.shell("script -qefc '\(run)' /dev/null")
        #expect(result.status == 0)
        return result.output
    }

    @Test("On a terminal a line is written over that fits it, with no code that NO_COLOR forbids")
    func liveLine() throws {
        let output = try terminal("TERM=xterm NO_COLOR=1")
        let lines = output.split { $0 == "\r\n" || $0 == "\n" || $0 == "\r" }
        let live = lines.filter { $0.contains("operations/s") && $0.contains(" s ") && !$0.contains(">") }
        #expect(!live.isEmpty)
        #expect(live.allSatisfy { $0.count < 40 }, "\(live)")
        #expect(!output.contains("\u{1B}"))
    }

    @Test("A terminal that cannot do that, and a pipe, get plain text")
    func plain() throws {
        let dumb = try terminal("TERM=dumb")
        #expect(!dumb.replacingOccurrences(of: "\r\n", with: "\n").contains("\r"))
        #expect(!dumb.contains("\u{1B}"))
        let piped = try program.run(["run", "messages", "--operations", "100", "--workers", "2"])
        #expect(piped.error == "" && !piped.output.contains { $0 == "\r" || $0 == "\u{1B}" })
    }

    @Test(
        "Help and tables fit, and no paragraph of the help is broken where it need not be", arguments: [nil] + commands)
    func help(_ command: String?) throws {
        let result = try program.shell("COLUMNS=80 $KVBENCH \(command ?? "") --help")
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.count <= 80 }, "\(result.output)")
        // A line of running text that ends early has a short last word behind it, or none.
        let end = lines.firstIndex { $0.hasPrefix("USAGE") } ?? 0
        for (line, next) in zip(lines[..<end], lines.dropFirst()) where !line.hasPrefix(" ") && !line.isEmpty {
            guard let word = next.split(separator: " ").first, !next.hasPrefix(" "), !line.hasPrefix("OVERVIEW") else {
                continue
            }
            #expect(line.count + 1 + word.count > 80, "\(line)")
        }
    }

    @Test("The listing and the engine's report fit half a screen")
    func narrow() throws {
        for command in ["list", "engine"] {
            let lines = try program.run([command]).output.split(separator: "\n")
            #expect(lines.allSatisfy { $0.count <= 60 }, "\(lines)")
        }
    }

    @Test(
        "There are completions for each shell, which know the commands and engines", arguments: ["bash", "zsh", "fish"])
    func completions(_ shell: String) throws {
        let result = try program.run(["--generate-completion-script", shell])
        #expect(result.status == 0)
        for word in Self.commands + ["postgres", "read-random", "wal-sync-interval"] {
            #expect(result.output.contains(word), "\(word)")
        }
        guard shell == "bash" else { return }
        let checked = try program.shell("$KVBENCH --generate-completion-script bash | bash -n")
        #expect(checked.status == 0 && checked.error == "")
    }

    @Test("The manual page has every command and option, and man understands it")
    func manual() throws {
        let result = try program.run(["manual"])
        #expect(result.status == 0)
        #expect(result.output.hasPrefix(".TH KVBENCH 1 "))
        for command in Self.commands {
            #expect(result.output.contains(".SH KVBENCH \(command.uppercased())\n"), "\(command)")
        }
        for option in ["interval", "engines", "reuse", "html", "wal\\-sync\\-interval"] {
            #expect(result.output.contains("\\fB\\-\\-\(option)\\fR"), "\(option)")
        }
        #expect(!result.output.contains("until" + "\\-killed"))
        let groff = try program.shell(
            "command -v groff >/dev/null || exit 0; $KVBENCH manual | groff -man -Tutf8 -ww -z")
        #expect(groff.status == 0 && groff.error == "" && groff.output == "")
    }

    @Test("Ctrl-C has a comparison print and write what there is, marked as cut short")
    func comparisonCutShort() throws {
        let process = try program.start([
            "compare", "messages", "--engines", "kvstore,rocksdb", "--duration", "600s", "--workers", "2", "--json",
            "c.json",
        ])
        try wait(for: "run") { try folder.content.contains { $0.hasPrefix("kvbench-") } }
        // Until it has surely begun to measure.
        usleep(2_000_000)
        kill(process.processIdentifier, SIGINT)
        let result = try program.finish(process)
        #expect(result.status == 130)
        #expect(result.output.contains("kvstore, cut short"))
        let data = try Data(contentsOf: URL(filePath: folder.path.appending("c.json").string))
        let document = try JSONDecoder().decode(ComparisonDocument.self, from: data)
        #expect(document.cutShort == "SIGINT" && document.rounds == 0)
        #expect(document.unfinished?.map(\.cutShort) == ["SIGINT"])
        #expect(try #require(document.unfinished?.first).writes > 0)
        #expect(try folder.content == ["c.json"])
    }

    @Test("Ctrl-C has the benchmark of namespaces print and write what there is, marked as cut short")
    func namespacesCutShort() throws {
        let process = try program.start(["namespaces", "--namespaces", "1000000", "--workers", "2", "--json", "n.json"])
        try wait(for: "namespace") {
            try folder.content.contains { name in
                let path = folder.path.appending(name).appending("many/namespaces").string
                return try FileManager.default.fileExists(atPath: path)
                    && FileManager.default.contentsOfDirectory(atPath: path).count > 3
            }
        }
        kill(process.processIdentifier, SIGINT)
        let result = try program.finish(process)
        #expect(result.status == 130)
        #expect(result.output.contains("CUT SHORT by SIGINT"))
        let data = try Data(contentsOf: URL(filePath: folder.path.appending("n.json").string))
        let document = try JSONDecoder().decode(NamespacesDocument.self, from: data)
        #expect(document.cutShort == "SIGINT" && document.createSeconds == nil && document.readSeconds == nil)
        #expect(document.latencyMicroseconds["create"] != nil && document.errors == 0)
        #expect(try folder.content == ["n.json"])
    }
}
