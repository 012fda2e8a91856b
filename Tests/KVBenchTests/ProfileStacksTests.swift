import Foundation
import Testing

@testable import KVBench

@Suite("Stacks of a profile")
struct ProfileStacksTests {
    private func read(_ text: String, _ kind: PerfScript.Kind, part: Int = .max) -> PerfScript {
        var script = PerfScript(kind)
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: min(part, bytes.count)) {
            script.feed(bytes[start..<min(bytes.count, start + min(part, bytes.count))])
        }
        script.finish()
        return script
    }

    private static let samples = """
        worker 1  3045 37059.222525:    2004008 cpu-clock: 
        \tffffffff821f96a5 __cond_resched+0x5 ([kernel.kallsyms])
        \t           f838f __GI___libc_write+0x4f (/usr/lib/x86_64-linux-gnu/libc.so.6)
        \t          77dd04 rocksdb::PosixWritableFile::Append+0xd4 (/a folder/kvbench (1))
        \t          27baf2 $s7KVStore9NamespaceC3puty+0x1 (/a folder/kvbench (1))
        \t           891f4 start_thread+0x304 (/usr/lib/x86_64-linux-gnu/libc.so.6)
        \tffffffffffffffff [unknown] ([unknown])

        worker 1  3045 37059.224525:    2004008 cpu-clock: 
        \t          77dd04 rocksdb::PosixWritableFile::Append+0xd8 (/a folder/kvbench (1))
        \t          27baf2 $s7KVStore9NamespaceC3puty+0x1 (/a folder/kvbench (1))
        \t           891f4 start_thread+0x304 (/usr/lib/x86_64-linux-gnu/libc.so.6)

        kvbench  3000 37059.225525:    2004008 cpu-clock: 
        \t          477dd0 [unknown] (/opt/some library.so)

        """

    @Test("Samples become stacks, wherever the text is cut", arguments: [Int.max, 1, 7, 100])
    func samples(_ part: Int) {
        let script = read(Self.samples, .onCPU, part: part)
        #expect(script.samples == 3 && script.whole == 2)
        let put = script.stacks.frames.first { $0.layer == .library }?.name ?? ""
        let lines = script.stacks.text.split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "kvbench;[some library.so]_[r] 1",
                "worker 1;start_thread_[r];\(put)_[s];rocksdb::PosixWritableFile::Append_[e] 1",
                "worker 1;start_thread_[r];\(put)_[s];rocksdb::PosixWritableFile::Append_[e];__GI___libc_write_[r];__cond_resched_[k] 1",
            ])
        #expect(script.stacks.layers.first { $0.layer == .kernel }?.amount == 1)
        #expect(script.stacks.layers.first { $0.layer == .engine }?.amount == 1)
        #expect(script.stacks.threads.map(\.name) == ["worker 1", "kvbench"])
        let append = script.stacks.functions.first { $0.frame.layer == .engine }
        #expect(append?.own == 1 && append?.all == 2)
        // The kernel wrote for the engine.
        let owner = script.stacks.owners.first
        #expect(owner?.frame.layer == .engine && owner?.own == 2)
    }

    @Test("A wait counts from the switch out to the switch in; who was pushed aside did not wait")
    func waits() {
        let text = """
            worker  1 10.000000:          1 context-switches: 
            \tffffffff821f94c3 schedule+0x23 ([kernel.kallsyms])
            \t           d4353 futex_wait+0x23 (/usr/lib/x86_64-linux-gnu/libc.so.6)

            worker  1 10.000010: PERF_RECORD_SWITCH OUT        
            worker  2 10.000100:          1 context-switches: 
            \tffffffff821f94c3 schedule+0x23 ([kernel.kallsyms])

            worker  2 10.000110: PERF_RECORD_SWITCH OUT preempt
            worker  1 10.002500: PERF_RECORD_SWITCH IN         
            worker  2 10.003100: PERF_RECORD_SWITCH IN         
            worker  3 10.004000:          1 context-switches: 
            \tffffffff821f94c3 schedule+0x23 ([kernel.kallsyms])


            """
        let script = read(text, .offCPU)
        #expect(script.waits == 1 && script.preemptions == 1)
        #expect(abs(script.stacks.total - 2500) < 1)
        #expect(abs(script.preemptedMicroseconds - 3000) < 1)
        // The third never came back.
        #expect(script.stacks.stacks.count == 1)
    }

    @Test("Of two events of one switch the traced one counts, which has who called")
    func traced() {
        let text = """
            my worker 7 [001] 10.000000:                sched:sched_switch: prev_comm=my worker prev_pid=7 prev_prio=120
            \tffffffff821f94c3 schedule+0x23 ([kernel.kallsyms])
            \t          3da51b caller+0x6b (/usr/bin/program)

            my worker 7 10.000007:          1 context-switches/call-graph=fp,period=1/: 
            \tffffffff821f94c3 schedule+0x23 ([kernel.kallsyms])

            my worker 7 [001] 10.000010: PERF_RECORD_SWITCH OUT        
            my worker 7 [000] 10.001000: PERF_RECORD_SWITCH IN         
            my worker 7 10.001500:          1 context-switches/call-graph=fp,period=1/: 
            \tffffffff821f94c3 schedule+0x23 ([kernel.kallsyms])

            my worker 7 [001] 10.001510: PERF_RECORD_SWITCH OUT        
            my worker 7 [000] 10.001700: PERF_RECORD_SWITCH IN         


            """
        let script = read(text, .offCPU)
        #expect(script.isTraced && script.waits == 2 && script.samples == 2)
        #expect(
            script.stacks.stacks.map { $0.map { script.stacks.frames[$0].name } } == [
                ["my worker", "caller", "schedule"], ["my worker", "schedule"],
            ])
        #expect(script.stacks.amounts.map { $0.rounded() } == [1000, 200])
    }

    @Test("The text form is read back as it was")
    func text() {
        let script = read(Self.samples, .onCPU)
        let again = FoldedStacks(text: script.stacks.text)
        #expect(again.text == script.stacks.text)
        #expect(again.total == 3)
        #expect(again.layers.map(\.amount) == script.stacks.layers.map(\.amount))
        #expect(FoldedStacks(text: "no number here\n\n;;\n").isEmpty)
    }

    @Test(
        "Names are short, and the same from build to build",
        arguments: [
            (
                "KVStore.UpdateQueue.(write in _B5FB3B06)<A where A: B>(_: KVStore.G<A>, in: A) throws -> ()",
                "UpdateQueue.write"
            ),
            (
                "closure #1 (Swift.UnsafePointer<Swift.Int8>) -> () in KVStore.Database.write(_: Swift.Int) -> ()",
                "Database.write closure"
            ),
            (
                "generic specialization <Swift.Array<Swift.Int>> of KVStore.engineCall<A>(_: A) throws -> A",
                "engineCall"
            ),
            (
                "protocol witness for KVBench.BenchSession.run<A>(_: A) -> () in conformance KVBench.S : KVBench.BenchSession in KVBench",
                "BenchSession.run"
            ),
            ("merged KVStore.Namespace.size.getter : Swift.Int", "Namespace.size.getter"),
            ("(extension in KVStore):Swift.Array.first() -> A", "Array.first"),
            ("static KVStore.Store.open(at: Swift.Int) -> KVStore.Store", "Store.open"),
        ])
    func swiftNames(_ long: String, _ short: String) {
        #expect(FrameName.shortSwift(long[...]) == short)
    }

    @Test(
        "C++ too",
        arguments: [
            ("rocksdb::DBImpl::Write(rocksdb::WriteOptions const&, rocksdb::WriteBatch*)", "rocksdb::DBImpl::Write"),
            ("rocksdb::(anonymous namespace)::MemTableInserter::PutCF", "rocksdb::MemTableInserter::PutCF"),
            (
                "rocksdb::InlineSkipList<rocksdb::MemTableRep::KeyComparator const&>::Insert<false>",
                "rocksdb::InlineSkipList::Insert"
            ),
            ("rocksdb::MemTable::KeyComparator::operator()", "rocksdb::MemTable::KeyComparator::operator()"),
            ("std::__cxx11::basic_string<char, std::char_traits<char> >::append(char)", "std::string::append"),
            ("operator new(unsigned long)", "operator new"),
            ("void rocksdb::F<int>(int)", "rocksdb::F"), ("rocksdb_write", "rocksdb_write"),
        ])
    func cPlusPlusNames(_ long: String, _ short: String) {
        #expect(FrameName.shortCPlusPlus(long[...]) == short)
    }

    @Test("Swift's names are told by Swift")
    func demangled() {
        #expect(SwiftSymbol.demangled("$sSaMa")?.contains("Array") == true)
        #expect(SwiftSymbol.demangled("rocksdb_write") == nil)
        #expect(SwiftSymbol.module("$s7KVStore9NamespaceC3getyyF") == "KVStore")
        #expect(SwiftSymbol.module("$sSaMa") == "Swift")
        #expect(SwiftSymbol.module("main") == nil)
        #expect(FrameName.of("_ZN7rocksdb6DBImpl5WriteEv", in: "") == "rocksdb::DBImpl::Write")
    }

    @Test(
        "Everything is somebody's",
        arguments: [
            ("rocksdb::DBImpl::Write", "/usr/bin/kvbench", CodeLayer.engine),
            ("std::vector<rocksdb::Slice>::push_back", "/usr/bin/kvbench", .runtime),
            ("ZSTD_compress", "/usr/lib/libzstd.so", .engine), ("sqlite3_step", "/usr/lib/libsqlite3.so.0", .engine),
            ("malloc", "/usr/lib/libc.so.6", .runtime), ("do_syscall_64", "[kernel.kallsyms]", .kernel),
            ("ext4_sync_file", "[ext4]", .kernel), ("$s7KVStore9NamespaceC3getyyF", "/usr/bin/kvbench", .library),
            ("$s16KVStoreInterface9ByteCountV", "/usr/bin/kvbench", .library),
            ("$s7KVBench9WorkerRunC", "/usr/bin/kvbench", .load), ("$sSaMa", "/usr/bin/kvbench", .runtime),
            ("[unknown]", "[unknown]", .runtime),
        ])
    func layers(_ symbol: String, _ file: String, _ layer: CodeLayer) {
        #expect(CodeLayer(symbol: symbol[...], file: file[...]) == layer)
    }

    @Test("What heaptrack writes is read, by who wanted the memory")
    func heaptrack() {
        var reader = HeaptrackStacks()
        let text = """
            clone3 (clone3.S);rocksdb::Arena::Allocate(unsigned long) (arena.cc);operator new(unsigned long) (new_op.cc); 4096
            clone3 (clone3.S);$s7KVStore9NamespaceC3getyyF;0x7f14dfea57b9 (libfoo.so); 100
            clone3 (clone3.S);rocksdb::Arena::Allocate(unsigned long) (arena.cc);operator new(unsigned long) (new_op.cc); 4
            clone3 (clone3.S); 0

            """
        for byte in text.utf8 { reader.feed([byte]) }
        #expect(reader.stacks.total == 4200)
        let engine = reader.stacks.functions.first { $0.frame.layer == .engine }
        #expect(engine?.frame.name == "rocksdb::Arena::Allocate" && engine?.all == 4100)
        #expect(reader.stacks.functions.contains { $0.frame.layer == .library && $0.all == 100 })
    }

    @Test(
        "Why a thread waited is told from its stack",
        arguments: [
            (["start_thread", "fdatasync", "do_fsync"], WaitReason.sync), (["run", "__sched_yield"], .yield),
            (["rocksdb::ThreadPoolImpl::BGThread", "futex_wait"], .idle),
            (["rocksdb::ThreadPoolImpl::BGThread", "rocksdb::FlushJob::Run", "fsync"], .sync),
            (["write", "ksys_write", "vfs_write"], .diskWrite), (["f", "futex_wait"], .otherLock),
            (["f", "do_nanosleep"], .sleep), (["f", "asm_exc_page_fault"], .pageFault), (["f"], .other),
        ])
    func reasons(_ stack: [String], _ reason: WaitReason) {
        #expect(WaitReason(stack.map { FoldedStacks.Frame(name: $0, layer: .runtime) }, thread: "worker") == reason)
    }

    @Test("A lock is whose code waits for it")
    func locks() {
        let library = FoldedStacks.Frame(name: "UpdateQueue.run", layer: .library)
        let engine = FoldedStacks.Frame(name: "rocksdb::WriteThread::AwaitState", layer: .engine)
        let futex = FoldedStacks.Frame(name: "futex_wait", layer: .kernel)
        #expect(WaitReason([library, futex], thread: "worker") == .libraryLock)
        #expect(WaitReason([library, engine, futex], thread: "worker") == .engineLock)
        // The C library's waiting functions hide who called them; workers wait for locks, others for work.
        #expect(WaitReason([futex], thread: "worker") == .otherLock)
        #expect(WaitReason([futex], thread: "rocksdb:low") == .idle)
    }
}

@Suite("Flame graphs")
struct FlameGraphTests {
    private func stacks(_ amounts: [String: Double]) -> FoldedStacks {
        var stacks = FoldedStacks()
        for (name, amount) in amounts.sorted(by: { $0.key < $1.key }) {
            stacks.add(
                name.split(separator: ";").map { FoldedStacks.Frame(name: String($0), layer: .engine) }, amount)
        }
        return stacks
    }

    @Test("It is a picture by itself, well formed, with a frame for all that can be seen")
    func picture() throws {
        let graph = FlameGraph("A & B <title>", stacks(["t;a;b": 60, "t;a;c<int>": 39.96, "t;a;tiny": 0.04]), .samples)
        let svg = graph.svg
        let document = XMLReader(svg)
        #expect(document.isWellFormed)
        #expect(document.count("rect") == 5)
        #expect(svg.contains("c&lt;int&gt;: 40 samples, 39.96 %"))
        #expect(!svg.contains("tiny"))
        #expect(svg.contains("width=\"60%\"") && svg.contains("A &amp; B &lt;title&gt;"))
        for part in ["src=", "@import", "url(", "https:"] { #expect(!svg.contains(part)) }
    }

    @Test("Of nothing there is a picture too")
    func nothing() {
        #expect(XMLReader(FlameGraph("none", FoldedStacks(), .bytes).svg).isWellFormed)
    }

    @Test("A difference says what has more and what less of the whole, also with other totals")
    func difference() {
        let graph = FlameGraph(
            "d", stacks(["t;a": 75, "t;b": 25]), .samples, before: stacks(["t;a": 100, "t;b": 100]))
        #expect(graph.svg.contains("a: 75 samples, 75 %, +25 points"))
        #expect(graph.svg.contains("b: 25 samples, 25 %, -25 points"))
        #expect(graph.svg.contains("class=\"f more\"") && graph.svg.contains("class=\"f less\""))
    }
}

/// Looks whether a text is XML: every element is closed where it has to be.
struct XMLReader {
    private(set) var isWellFormed = true
    private var elements: [String] = []

    init(_ text: String) {
        var open: [String] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[start...]
            if rest.hasPrefix("<![CDATA[") {
                guard let end = rest.range(of: "]]>") else { break }
                rest = rest[end.upperBound...]
                continue
            }
            guard let end = rest.firstIndex(of: ">") else {
                isWellFormed = false
                return
            }
            let tag = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
            let name = String(tag.drop { $0 == "/" }.prefix { $0 != " " && $0 != "/" })
            if tag.hasPrefix("/") {
                if open.popLast() != name { isWellFormed = false }
            } else {
                elements.append(name)
                if !tag.hasSuffix("/") { open.append(name) }
            }
        }
        if !open.isEmpty { isWellFormed = false }
    }

    func count(_ name: String) -> Int { elements.count { $0 == name } }
}
