import Glibc
import SystemPackage

/// Reads what `perf script` prints, as it comes: samples with their stacks, and when threads were switched out and in.
struct PerfScript {
    /// What the samples are.
    enum Kind: Sendable {
        /// Taken at a fixed rate: each counts one.
        case onCPU
        /// Taken when a thread is switched out: each counts the microseconds until it is switched in again.
        case offCPU
    }

    private(set) var stacks = FoldedStacks()
    /// How many samples there were, also such as have no stack.
    private(set) var samples = 0
    /// How many of them have a stack that begins where a thread does.
    private(set) var whole = 0
    /// How many of them were waits that ended; the others count nothing.
    private(set) var waits = 0
    /// How many of those the kernel ended for another thread to have the processor, and their microseconds.
    private(set) var preemptions = 0
    private(set) var preemptedMicroseconds = 0.0
    /// Whether some of them are events of the kernel that were traced.
    private(set) var isTraced = false

    private let kind: Kind
    /// Frames by a hash of the line that they are printed in: most lines come again and again.
    private var known: [UInt64: Int] = [:]
    private var threadNumbers: [String: Int] = [:]
    private var rest: [UInt8] = []
    private var sample: (thread: String, id: Int, time: Double)?
    private var frames: [Int] = []
    private var isWhole = false
    /// Threads that are switched out: their stack and since when.
    private var out: [Int: (stack: [Int], since: Double, isPreempted: Bool)] = [:]

    init(_ kind: Kind) {
        self.kind = kind
    }

    /// Reads all that comes through a descriptor.
    ///
    /// - Returns: Whether it came to its end before `stop` was made.
    mutating func read(_ file: FileDescriptor, stop: StopRequest) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while !stop.isMade {
            guard let count = try? buffer.withUnsafeMutableBytes({ try file.read(into: $0) }) else { return false }
            guard count > 0 else {
                finish()
                return true
            }
            feed(buffer[..<count])
        }
        return false
    }

    /// Takes the next part of the text, which may end anywhere.
    mutating func feed(_ part: ArraySlice<UInt8>) {
        rest.append(contentsOf: part)
        var start = 0
        rest.withUnsafeBytes { bytes in
            while let base = bytes.baseAddress, let end = memchr(base + start, 10, bytes.count - start) {
                let length = base.distance(to: UnsafeRawPointer(end)) - start
                line(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + length)]))
                start += length + 1
            }
        }
        rest.removeFirst(start)
    }

    /// The text is at its end.
    mutating func finish() {
        feed([UInt8(ascii: "\n")])
        endSample()
    }

    private mutating func line(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first else { return endSample() }
        if first == UInt8(ascii: "\t") {
            if sample != nil { frame(bytes) }
        } else {
            endSample()
            header(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// `worker 1  4366 37119.762297:          1 context-switches: `, where the name may have spaces, and the number of the
    /// processor may stand in brackets before the time.
    private mutating func header(_ text: String) {
        let words = text.split(separator: " ")
        guard
            let place = words.indices.dropFirst(2).first(where: {
                Self.time(words[$0]) != nil && (Int(words[$0 - 1]) != nil || words[$0 - 1].hasPrefix("["))
            }),
            let time = Self.time(words[place]),
            let idPlace = words[..<place].lastIndex(where: { Int($0) != nil }), let id = Int(words[idPlace])
        else { return }
        let thread = words[..<idPlace].joined(separator: " ")
        guard text.contains("PERF_RECORD_SWITCH") else {
            sample = (thread, id, time)
            if text.contains(" sched:sched_switch: ") { isTraced = true }
            return
        }
        guard kind == .offCPU else { return }
        if text.contains(" IN") { switchIn(id, time) } else if text.contains("preempt") { out[id]?.isPreempted = true }
    }

    private static func time(_ word: Substring) -> Double? {
        guard word.last == ":", word.contains(".") else { return nil }
        return Double(word.dropLast())
    }

    /// `	          77dd04 rocksdb::PosixWritableFile::Append+0xd4 (/usr/bin/program)`
    private mutating func frame(_ bytes: UnsafeRawBufferPointer) {
        let hash = Self.hash(bytes)
        if let number = known[hash] {
            frames.append(number)
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let number = Self.parse(text).map { stacks.number(of: $0) } ?? -1
        known[hash] = number
        frames.append(number)
    }

    static func parse(_ line: String) -> FoldedStacks.Frame? {
        var text = line[...].drop { $0 == "\t" || $0 == " " }
        // The address.
        let address = text.prefix { $0 != " " }
        text = text.dropFirst(address.count).drop { $0 == " " }
        guard !address.isEmpty, address != "ffffffffffffffff" else { return nil }
        var file: Substring = ""
        // What is in parentheses behind a function is a path or a name in brackets; a path may have parentheses too.
        if text.last == ")", let open = text.lastRange(of: " (/") ?? text.lastRange(of: " ([") {
            file = text[open.lowerBound...].dropFirst(2).dropLast()
            text = text[..<open.lowerBound]
        }
        if let offset = text.lastRange(of: "+0x"), text[offset.upperBound...].allSatisfy(\.isHexDigit) {
            text = text[..<offset.lowerBound]
        }
        let layer = CodeLayer(symbol: text, file: file)
        let name = FrameName.of(text, in: file)
        // What the compiler puts between two functions is none.
        return name.hasPrefix("reabstraction thunk") ? nil : FoldedStacks.Frame(name: name, layer: layer)
    }

    private mutating func endSample() {
        guard let sample else { return }
        self.sample = nil
        defer { frames.removeAll(keepingCapacity: true) }
        // Of a thread that falls asleep there are two, of which the first has the better stack.
        if let out = out[sample.id], sample.time - out.since < 0.001 { return }
        samples += 1
        let thread = stacks.number(of: FoldedStacks.Frame(name: sample.thread, layer: .load))
        // Printed from the innermost on; what could not be told is left out.
        var stack = [thread]
        for number in frames.reversed() where number >= 0 {
            // A function of Swift's and what it is called through have one name.
            if number == stack.last, stacks.frames[number].layer == .library || stacks.frames[number].layer == .load {
                continue
            }
            stack.append(number)
        }
        if stack.count > 1, Self.begins(stacks.frames[stack[1]].name) { whole += 1 }
        switch kind {
        case .onCPU: stacks.add(stack, 1)
        case .offCPU: out[sample.id] = (stack, sample.time, false)
        }
    }

    private mutating func switchIn(_ id: Int, _ time: Double) {
        guard let wait = out.removeValue(forKey: id), time >= wait.since else { return }
        let microseconds = (time - wait.since) * 1e6
        if wait.isPreempted {
            preemptions += 1
            preemptedMicroseconds += microseconds
        } else {
            waits += 1
            stacks.add(wait.stack, microseconds)
        }
    }

    private static func begins(_ name: String) -> Bool {
        ["clone", "start_thread", "_start", "__libc_start", "ret_from_fork"].contains { name.hasPrefix($0) }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        var index = 0
        while index + 8 <= bytes.count {
            hash = (hash ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) &* 0x9fb2_1c65_1e98_df25
            hash ^= hash >> 29
            index += 8
        }
        while index < bytes.count {
            hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01b3
            index += 1
        }
        return hash ^ UInt64(bytes.count) << 56
    }
}

extension Substring {
    /// Where a text is found last.
    func lastRange(of text: String) -> Range<Index>? {
        guard let first = text.first else { return nil }
        var end = endIndex
        while let found = self[..<end].lastIndex(of: first) {
            if self[found...].hasPrefix(text) { return found..<index(found, offsetBy: text.count) }
            end = found
        }
        return nil
    }
}
