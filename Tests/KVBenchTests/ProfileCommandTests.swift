import Foundation
import KVBench
import SystemPackage
import Testing

/// `kvbench profile` as scripts/profile.sh calls it.
@Suite("The profile command", .serialized)
struct ProfileCommandTests {
    private let folder: TemporaryFolder
    private var program: Program { Program(folder: folder.path) }

    init() throws { folder = try TemporaryFolder(visible: true) }

    @Test("The quick form leaves every file that it promises, in a folder with spaces in its name")
    func quick() throws {
        let parent = folder.path.appending("my profiles")
        let result = try program.run([
            "profile", "--quick", "--workers", "2", "--out", parent.string, "--commit", "a1b2c3",
        ])
        #expect(result.status == 0, "\(result.output)\(result.error)")
        let made = try FileManager.default.contentsOfDirectory(atPath: parent.string)
        let name = try #require(made.first)
        #expect(made.count == 1)
        let report = parent.appending(name)
        // What the library logs of the machine is not promised.
        let files = Set(
            try FileManager.default.contentsOfDirectory(atPath: report.string).filter { !$0.hasSuffix(".log") })
        var promised: Set = [
            "index.html", "README.md", "before-alone.json", "before-alone.txt", "before.json", "before.txt",
            "results.json",
            "results.txt", "observed.json", "observed.txt", "engine.json",
        ]
        let html = try text(report, "index.html")
        let readme = try text(report, "README.md")
        if !html.contains("No samples:") {
            promised.formUnion(["cpu.json", "cpu.txt", "cpu.svg", "cpu.folded", "cpu-functions.txt"])
        }
        if !html.contains("Not recorded:") {
            promised.formUnion(["waits.json", "waits.txt", "waits.svg", "waits.folded"])
        }
        if !html.contains("Allocation sites: not recorded") {
            promised.formUnion(["heap.json", "heap.txt", "heap.svg", "heap.folded"])
        }
        for engine in ["rocksdb", "lmdb", "sqlite", "postgres"] where !html.contains("\(engine): not measured") {
            promised.formUnion(["peer-\(engine).json", "peer-\(engine).txt"])
        }
        #expect(files == promised)
        for title in ["Result", "CPU", "Waiting (off-CPU)", "Memory", "Engine", "Disk", "Machine"] {
            #expect(html.contains("<h2>\(title)</h2>"), "\(title)")
            #expect(readme.contains("## \(title)\n"), "\(title)")
        }
        #expect(!html.contains("Failed steps") && !readme.contains("Failed steps"))
        for part in ["http:", "https:", "src=", "@import", "url("] { #expect(!html.contains(part), "\(part)") }
        #expect(html.contains("a1b2c3") && readme.contains("a1b2c3"))
        #expect(html.contains("before, a sync for each write") && readme.contains("148 x"))
        for picture in files where picture.hasSuffix(".svg") {
            #expect(XMLReader(try text(report, picture)).isWellFormed, "\(picture)")
        }
        for stacks in files where stacks.hasSuffix(".folded") {
            #expect(try text(report, stacks).contains(" "), "\(stacks)")
        }
        if Browser.isInstalled { try look(at: html, pictures: files.filter { $0.hasSuffix(".svg") }, in: report) }
    }

    /// Looks at what was left as a person would: on a phone and on a desk, in both themes, touching what can be touched.
    private func look(at html: String, pictures: Set<String>, in report: FilePath) throws {
        for (width, dark) in [(380, false), (380, true), (1280, false), (1280, true)] {
            let look = try Browser.look(at: html, width: width, dark: dark)
            #expect(look.complaints == [])
            #expect(look.overflow == 0, "\(width)")
            #expect(look.isDark == dark && look.ink != look.ground)
            #expect(look.pictures > pictures.count && look.undescribed == 0)
            #expect(look.flames.count == pictures.count)
            for flame in look.flames { expect(flame) }
        }
        for picture in pictures {
            let (flame, complaints) = try Browser.look(atPicture: text(report, picture))
            #expect(complaints == [], "\(picture)")
            expect(flame)
        }
    }

    private func expect(_ flame: Browser.Flame) {
        #expect(flame.frames > 5)
        #expect(flame.found.contains("found, together"))
        #expect(flame.width == "100.0000%")
        #expect(flame.hidden < flame.frames && flame.hiddenAfter == 0)
    }

    private func text(_ folder: FilePath, _ name: String) throws -> String {
        try String(contentsOfFile: folder.appending(name).string, encoding: .utf8)
    }

    @Test(
        "Odd arguments are refused before anything is made",
        arguments: [
            (["--workers", "5000"], "from 1 to 1000"), (["--workers", "0"], "from 1 to 1000"),
            (["--duration", "0"], "--duration"), (["--rounds", "0"], "--rounds"), (["--workload", "none"], "messages"),
            (["--engine", "none"], "kvstore"), (["--duration", "long"], "--duration"),
            (["--out", "/proc/here"], "/proc"), (["--duration", "86400", "--out", "/proc"], "/proc"),
        ])
    func refused(_ arguments: [String], _ hint: String) throws {
        let result = try program.run(["profile"] + arguments)
        #expect(result.status == 64)
        #expect(result.error.contains(hint), "\(result.error)")
        #expect(try folder.content == [])
    }

    @Test("Workloads that make the stores that they open are profiled too")
    func opening() throws {
        let parent = folder.path.appending("profiles")
        let result = try program.run([
            "profile", "--quick", "--workload", "recover", "--keys", "500", "--operations", "2", "--out", parent.string,
        ])
        #expect(result.status == 0, "\(result.output)\(result.error)")
        let made = try FileManager.default.contentsOfDirectory(atPath: parent.string)
        let report = parent.appending(try #require(made.first))
        #expect(try text(report, "README.md").contains("recover on kvstore"))
        #expect(try text(report, "results.txt").contains("recover"))
    }

    @Test("A signal ends it at any moment, and nothing is left", arguments: [SIGINT, SIGTERM])
    func interrupted(_ signal: Int32) throws {
        let parent = folder.path.appending("profiles")
        for moment in ["data", "before.txt", "results.txt"] {
            let process = try program.start(["profile", "--quick", "--workers", "2", "--out", parent.string])
            try wait(for: moment) {
                let made = (try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? []
                return !process.isRunning
                    || made.contains { FileManager.default.fileExists(atPath: "\(parent)/\($0)/\(moment)") }
            }
            kill(process.processIdentifier, signal)
            let result = try program.finish(process)
            #expect(result.status == 128 + signal, "\(moment): \(result.output)\(result.error)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: parent.string) == [], "\(moment)")
            #expect(try processes(naming: parent.string) == [], "\(moment)")
        }
    }

    /// The command lines of processes that have a text in them.
    private func processes(naming text: String) throws -> [String] {
        let numbers = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
        return numbers.compactMap { number in
            let bytes = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") ?? Data()
            let line = String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
            return line.contains(text) ? line : nil
        }
    }
}
