import CCounters
import Figures
import Foundation
import KVStore
import KVStoreTables

// What a table costs over the calls that take bytes: puts and reads of rows of text and number, typed and as bytes that were
// encoded beforehand, and what encoding and decoding alone take. Prints processor time of the process, and under callgrind
// counts instructions.

guard CommandLine.arguments.count >= 2 else {
    FileHandle.standardError.write(Data("usage: typed EMPTY-FOLDER [ROWS, 2000000 by default] [ROUNDS, 5]\n".utf8))
    exit(64)
}
let rows = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 0 : 2_000_000
let rounds = CommandLine.arguments.count > 3 ? Int(CommandLine.arguments[3]) ?? 0 : 5

typealias Key = KeyTuple<String, Int>
let table = Table("rows", key: Key.self, value: .bytes)
let value = [UInt8](repeating: 0x61, count: 100)
let step = 10_000

/// A function, since the condition of `precondition` can neither throw nor suspend.
func check(_ isRight: Bool) { precondition(isRight) }

func key(_ number: Int) -> Key { Key("group \(number % 100)", number) }

/// The processor time that the process has used.
func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// What `body` takes.
@MainActor func timed(_ name: String, _ body: () async throws -> Void) async throws -> Double {
    if counters_count_instructions() != 0 { counters_begin() }
    let before = now()
    try await body()
    let spent = now() - before
    if counters_count_instructions() != 0 { counters_end(name) }
    return spent
}

func keys(_ range: Range<Int>) -> [Key] { range.map { key($0) } }
func encodedKeys(_ range: Range<Int>) -> [[UInt8]] {
    range.map { number in table.key(key(number)).withBytes { Array($0) } }
}

/// In functions of their own: in async code the compiler takes the forms that suspend.
func putAll(_ keys: [[UInt8]], in space: Namespace) throws { for key in keys { try space.put(key, value) } }
func putAll(_ keys: [Key], in space: Namespace) throws {
    for key in keys { try space.put(table.key(key), try table.encode(value)) }
}
func getAll(_ keys: [[UInt8]], in space: Namespace) throws {
    for key in keys { check(try space.get(key)?.count == value.count) }
}
func getAll(_ keys: [Key], in space: Namespace) throws {
    for key in keys { check(try table.get(key, in: space)?.count == value.count) }
}

var figures: [String: [Double]] = [:]

@MainActor func note(_ name: String, _ spent: Double) { figures[name, default: []].append(spent / Double(rows)) }

@MainActor func eachStep(_ body: (Range<Int>) async throws -> Void) async throws {
    for start in stride(from: 0, to: rows, by: step) { try await body(start..<min(start + step, rows)) }
}

/// Takes the time of rows as bytes and of the same rows typed, a step of each in turn: what the engine does in its own threads
/// meanwhile falls on both.
@MainActor func compare(
    _ operation: String, raw: ([[UInt8]]) async throws -> Void, typed: ([Key]) async throws -> Void
) async throws {
    var (ofRaw, ofTyped) = (0.0, 0.0)
    try await eachStep { range in
        let (encoded, plain) = (encodedKeys(range), keys(range))
        let isRawFirst = (range.lowerBound / step).isMultiple(of: 2)
        for isRaw in [isRawFirst, !isRawFirst] {
            if isRaw {
                ofRaw += try await timed("\(operation) raw") { try await raw(encoded) }
            } else {
                ofTyped += try await timed("\(operation) typed") { try await typed(plain) }
            }
        }
    }
    note("\(operation) raw", ofRaw)
    note("\(operation) typed", ofTyped)
}

@MainActor func takeCoder(_ operation: String, _ use: (Key) throws -> Void) async throws {
    var spent = 0.0
    try await eachStep { range in
        let keys = keys(range)
        spent += try await timed("\(operation) coder") { for key in keys { try use(key) } }
    }
    note("\(operation) coder", spent)
}

for round in 0..<rounds {
    let store = try Store.open(at: "\(CommandLine.arguments[1])/\(round)")
    let (raw, typed) = (try store.createNamespace("raw"), try store.createNamespace("typed"))
    try await compare("put", raw: { try putAll($0, in: raw) }, typed: { try putAll($0, in: typed) })
    try await takeCoder("put") { key in
        table.key(key).withBytes { check($0.byteCount > 0) }
        check(try table.encode(value).count > 0)
    }
    for space in [raw, typed] { try space.compact() }
    try await compare("get", raw: { try getAll($0, in: raw) }, typed: { try getAll($0, in: typed) })
    try await takeCoder("get") { key in
        table.key(key).withBytes { check($0.byteCount > 0) }
        check(try table.decode(value).count > 0)
    }
    try await compare(
        "async get",
        raw: { for key in $0 { check(try await raw.get(key) != nil) } },
        typed: { for key in $0 { check(try await table.get(key, in: typed) != nil) } })
    try await compare(
        "async put",
        raw: { for key in $0 { try await raw.put(key, value) } },
        typed: { for key in $0 { try await table.put(key, value, in: typed) } })
    try store.close()
}

for (operation, coder) in [("put", "put"), ("get", "get"), ("async put", "put"), ("async get", "get")] {
    let (raw, typed) = (figures["\(operation) raw"] ?? [], figures["\(operation) typed"] ?? [])
    let own = figures["\(coder) coder"] ?? []
    let ratios = raw.indices.map { typed[$0] / (raw[$0] + own[$0]) }
    let line = [median(raw), median(typed), median(own)].map { String(format: "%7.0f", $0) }.joined(separator: " ")
    print(
        "\(operation): raw, typed, coder \(line) ns; typed to raw and coder \(String(format: "%.3f", median(ratios)))")
}
