import FoundationEssentials
import Glibc
import SystemPackage

/// Who allocates: stacks by bytes at the moment when most was allocated, and by calls.
struct HeapProfile: Sendable {
    var peak = FoldedStacks()
    var calls = FoldedStacks()
    /// What heaptrack says at its end.
    var summary: [String] = []
    var document: ResultDocument?
    var refusal: String?

    static let picture = "heap.svg"

    /// Runs a load under heaptrack.
    static func record(_ tools: ProfileTools) throws -> HeapProfile {
        let log = "heap.log"
        defer { removeRecordings(tools) }
        do {
            guard
                try tools.runner.run(
                    ["heaptrack", "--version"], output: nil, errors: tools.folder.file(log), seconds: 5) == 0
            else { return HeapProfile(refusal: "heaptrack does not work here") }
        } catch is StepFailure {
            tools.folder.remove(log)
            return HeapProfile(refusal: "heaptrack is not installed; Debian's package is heaptrack")
        }
        let run = tools.options.run(seconds: tools.options.heapSeconds)
        let document = try tools.load("heap", run, under: inFolder(tools) + ["heaptrack", "-o", "heap.data"])
        let names = (try? FileManager.default.contentsOfDirectory(atPath: tools.folder.path)) ?? []
        guard let recording = names.first(where: { $0.hasPrefix("heap.data") }) else {
            throw StepFailure("heaptrack left no recording")
        }
        var profile = HeapProfile(document: document)
        profile.peak = try read(tools, recording, "peak", &profile.summary)
        profile.calls = try read(tools, recording, "allocations", &profile.summary)
        try tools.folder.write(profile.peak.text, to: "heap.folded")
        try tools.folder.write(profile.graph.svg, to: picture)
        return profile
    }

    /// What starts a program in the folder: heaptrack does not take the name of a file that has spaces.
    private static func inFolder(_ tools: ProfileTools) -> [String] {
        ["sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", tools.folder.path]
    }

    private static func removeRecordings(_ tools: ProfileTools) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: tools.folder.path)) ?? []
        for name in names where name.hasPrefix("heap.data") || name == "heap.stacks" || name == "heap.print" {
            tools.folder.remove(name)
        }
    }

    private static func read(
        _ tools: ProfileTools, _ recording: String, _ cost: String, _ summary: inout [String]
    ) throws -> FoldedStacks {
        let stacks = tools.folder.file("heap.stacks")
        let arguments = [
            "heaptrack_print", "-p0", "-a0", "-T0", "-l0", "-F", stacks, "--flamegraph-cost-type", cost, "-f",
            tools.folder.file(recording),
        ]
        let errors = tools.folder.file("heap.log")
        let status = try tools.runner.run(
            arguments, output: tools.folder.file("heap.print"), errors: errors, seconds: 60)
        guard status == 0 else { throw StepFailure("heaptrack_print ended with status \(status)") }
        tools.folder.remove("heap.log")
        if summary.isEmpty {
            summary = (tools.folder.read("heap.print") ?? "").split(separator: "\n").map(String.init).filter { line in
                ["calls to allocation", "temporary memory", "peak heap", "total memory leaked"].contains {
                    line.hasPrefix($0)
                }
            }
        }
        let file = try FileDescriptor.open(FilePath(stacks), .readOnly)
        defer { try? file.close() }
        var reader = HeaptrackStacks()
        try reader.read(file)
        return reader.stacks
    }

    var graph: FlameGraph { FlameGraph("Memory by who allocated it, when most was allocated", peak, .bytes) }

    var blocks: [ProfileBlock] {
        guard refusal == nil else { return [.text("Allocation sites: not recorded: \(refusal ?? "")")] }
        var blocks: [ProfileBlock] = [
            .text(
                "Allocation sites, from a shorter run of its own under heaptrack: " + summary.joined(separator: "; ")
                    + "."),
            .flame(
                graph, description: "Each function is as wide as the memory that it and what it called had allocated.",
                file: Self.picture),
        ]
        blocks.append(
            .table(
                "Who holds memory when most is held", headings: ["function", "whose", "bytes"],
                rows: peak.owners.prefix(15).map {
                    [$0.frame.name, $0.frame.layer.name, NumberText.bytes(Int($0.own))]
                }))
        let operations = document.map { Double($0.writes + $0.reads) } ?? 0
        blocks.append(
            .table(
                "Who calls the allocator", headings: ["function", "whose", "calls", "an operation"],
                rows: calls.owners.prefix(15).map {
                    [
                        $0.frame.name, $0.frame.layer.name, NumberText.grouped($0.own),
                        operations > 0 ? "\(($0.own / operations).rounded(toPlaces: 2))" : "",
                    ]
                }))
        return blocks
    }
}

/// Reads the stacks that heaptrack writes, a line each: functions from the outermost on with their files in parentheses, and
/// a number.
struct HeaptrackStacks: Sendable {
    private(set) var stacks = FoldedStacks()
    private var known: [[UInt8]: Int] = [:]
    private var rest: [UInt8] = []

    init() {}

    mutating func read(_ file: FileDescriptor) throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
            guard count > 0 else { break }
            feed(buffer[..<count])
        }
        feed([UInt8(ascii: "\n")])
    }

    /// Takes the next part of the text, which may end anywhere.
    mutating func feed(_ part: ArraySlice<UInt8>) {
        rest.append(contentsOf: part)
        var start = 0
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            line(rest[start..<end])
            start = end + 1
        }
        rest.removeFirst(start)
    }

    private mutating func line(_ bytes: ArraySlice<UInt8>) {
        guard let space = bytes.lastIndex(of: UInt8(ascii: " ")),
            let amount = Double(String(decoding: bytes[(space + 1)...], as: UTF8.self)), amount > 0
        else { return }
        var stack: [Int] = [stacks.number(of: FoldedStacks.Frame(name: "heap", layer: .load))]
        for name in bytes[..<space].split(separator: UInt8(ascii: ";")) { stack.append(number(name)) }
        stacks.add(stack, amount)
    }

    private mutating func number(_ bytes: ArraySlice<UInt8>) -> Int {
        let key = Array(bytes)
        if let number = known[key] { return number }
        let number = stacks.number(of: Self.frame(String(decoding: bytes, as: UTF8.self)))
        known[key] = number
        return number
    }

    /// `rocksdb::DBImpl::Write(rocksdb::WriteOptions const&) (db_impl.cc)`
    static func frame(_ text: String) -> FoldedStacks.Frame {
        var symbol = text[...].drop { $0 == " " }
        var file: Substring = ""
        if symbol.last == ")", let open = symbol.lastRange(of: " (") {
            file = symbol[open.upperBound...].dropLast()
            symbol = symbol[..<open.lowerBound]
        }
        if symbol.hasPrefix("0x") || symbol == "<unresolved function>" { symbol = "" }
        return FoldedStacks.Frame(
            name: FrameName.of(symbol, in: file), layer: CodeLayer(symbol: symbol, file: file))
    }
}
