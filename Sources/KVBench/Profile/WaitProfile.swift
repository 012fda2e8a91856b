/// What threads waited for: how long each stack was off the processor.
struct WaitProfile: Sendable {
    var stacks = FoldedStacks()
    var waits = 0
    /// Whether stacks show who called a waiting function of the C library.
    var hasCallers = false
    /// How often and how long threads were ready and another had the processor.
    var preemptions = 0
    var preemptedMicroseconds = 0.0
    var document: ResultDocument?
    var refusal: String?

    static let folded = "waits.folded"
    static let picture = "waits.svg"

    /// Records a run of the load.
    static func record(_ tools: ProfileTools) throws -> WaitProfile {
        let (command, refusal) = try Perf.working(tools, Perf.switches)
        guard let command else { return WaitProfile(refusal: refusal) }
        let data = tools.folder.file("perf.data")
        defer { tools.folder.remove("perf.data") }
        let run = tools.options.run(seconds: tools.options.waitSeconds)
        let document = try tools.load("waits", run, under: command + ["-o", data, "--"])
        var profile = try read(tools, data)
        profile.document = document
        return profile
    }

    static func read(_ tools: ProfileTools, _ data: String) throws -> WaitProfile {
        var script = PerfScript(.offCPU)
        try Perf.read(tools, data, into: &script)
        guard script.samples > 0 else {
            return WaitProfile(refusal: "the kernel tells no switches of threads to this user")
        }
        var profile = WaitProfile(stacks: script.stacks, waits: script.waits, hasCallers: script.isTraced)
        (profile.preemptions, profile.preemptedMicroseconds) = (script.preemptions, script.preemptedMicroseconds)
        try tools.folder.write(profile.stacks.text, to: folded)
        try tools.folder.write(profile.graph.svg, to: picture)
        return profile
    }

    var graph: FlameGraph { FlameGraph("Waiting by stack", stacks, .microseconds) }

    /// What was waited for, by the names of threads and reasons: microseconds and how many different stacks.
    private var reasons: [(thread: String, reason: WaitReason, amount: Double)] {
        var found: [String: [WaitReason: Double]] = [:]
        for (stack, amount) in zip(stacks.stacks, stacks.amounts) {
            guard let first = stack.first else { continue }
            let reason = WaitReason(stack.dropFirst().map { stacks.frames[$0] }, thread: stacks.frames[first].name)
            found[stacks.frames[first].name, default: [:]][reason, default: 0] += amount
        }
        return found.flatMap { thread, reasons in reasons.map { (thread, $0.key, $0.value) } }
            .sorted { ($1.amount, $0.thread) < ($0.amount, $1.thread) }
    }

    var section: ProfileSection {
        guard refusal == nil else {
            return ProfileSection("Waiting (off-CPU)", [.text("Not recorded: \(refusal ?? "")")])
        }
        let seconds = { (microseconds: Double) in "\((microseconds / 1e6).rounded(toPlaces: 2)) s" }
        var text =
            "Every switch of every thread was recorded in a run of its own: \(NumberText.grouped(waits)) waits that ended,"
            + " together \(seconds(stacks.total)) of all threads. Besides, threads that could have gone on were"
            + " \(NumberText.grouped(preemptions)) times without a processor, for \(seconds(preemptedMicroseconds)) together."
        if let document, document.seconds > 0 {
            let rate = NumberText.grouped(Double(waits + preemptions) / document.seconds)
            text += " \(rate) switches a second."
        }
        text += " Recording them slows the run. A thread that waited from beginning to end is not seen"
        text +=
            hasCallers
            ? "."
            : ", nor, since this user may not trace the kernel's events, who called a waiting function of the C library."
        let rows = reasons.filter { $0.amount >= 0.001 * stacks.total }.prefix(24).map {
            [
                $0.thread, $0.reason.text, seconds($0.amount),
                "\((100 * $0.amount / max(1, stacks.total)).rounded(toPlaces: 1)) %",
            ]
        }
        return ProfileSection(
            "Waiting (off-CPU)",
            [
                .text(text),
                .table(
                    "What threads waited for", headings: ["thread", "for", "time", "of all waiting"], rows: Array(rows)),
                .flame(
                    graph, description: "Each function is as wide as the time that it and what it called waited.",
                    file: Self.picture),
            ])
    }
}

/// Why a thread gave up the processor, as its stack tells.
enum WaitReason: Hashable, Sendable {
    case sync, diskWrite, diskRead, yield, libraryLock, engineLock, otherLock, idle, sleep, pageFault, network, other

    var text: String {
        switch self {
        case .sync: "a sync"
        case .diskWrite: "writing a file"
        case .diskRead: "reading a file"
        case .yield: "nothing: it let others go first (yield)"
        case .libraryLock: "a lock or turn of this library"
        case .engineLock: "a lock or turn of the engine"
        case .otherLock: "a lock, it is not seen whose"
        case .idle: "work (idle)"
        case .sleep: "time (sleep)"
        case .pageFault: "memory (page fault)"
        case .network: "another process"
        case .other: "something else"
        }
    }

    /// Threads that have nothing to do most of the time: the engine's, and kvbench's that look after the others.
    private static func waitsForWork(_ thread: String) -> Bool {
        thread.hasPrefix("rocksdb:") || ["kvbench", "sampler", "observer", "signals", "syncer"].contains(thread)
    }

    /// - Parameters:
    ///   - stack: the outermost function first.
    ///   - thread: the thread's name.
    init(_ stack: [FoldedStacks.Frame], thread: String) {
        func has(_ parts: String...) -> Bool {
            stack.contains { frame in parts.contains { frame.name.contains($0) } }
        }
        if has(
            "BGThread", "sigwait", "sigtimedwait", "PeriodicTask", "Sampler.run", "Timer::Run", "WorkerThread.join",
            "StartGate")
        {
            // Threads that wait for work also do it.
            if !has("fsync", "fdatasync", "sync_file_range", "CompactionJob::", "FlushJob::", "vfs_write", "vfs_read") {
                self = .idle
                return
            }
        }
        if has("fsync", "fdatasync", "sync_file_range", "syncfs") {
            self = .sync
        } else if has("sched_yield") {
            self = .yield
        } else if has("nanosleep", "usleep") {
            self = .sleep
        } else if has("futex") {
            let owner = stack.last { $0.layer == .library || $0.layer == .engine }
            if let owner {
                self = owner.layer == .library ? .libraryLock : .engineLock
            } else {
                // The C library's waiting functions keep no frame pointer, which hides who called them.
                self = Self.waitsForWork(thread) ? .idle : .otherLock
            }
        } else if has("vfs_write", "ksys_write", "pwrite") {
            self = .diskWrite
        } else if has("vfs_read", "ksys_read", "pread") {
            self = .diskRead
        } else if has("page_fault", "do_fault") {
            self = .pageFault
        } else if has("sock_", "unix_stream", "tcp_", "poll") {
            self = .network
        } else {
            self = .other
        }
    }
}
