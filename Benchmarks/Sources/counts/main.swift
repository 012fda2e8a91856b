import CCounters
import Figures
import Foundation
import KVStore
import SystemPackage

// Prints the allocations of each benchmark as a line of JSON; under callgrind its instructions go into callgrind's
// files. scripts/lib/counts.py runs it and puts the two together.

let modes = ["own", "all", "time"]
guard CommandLine.arguments.count >= 3, modes.contains(CommandLine.arguments[2]) else {
    FileHandle.standardError.write(
        Data(
            """
            usage: counts EMPTY-FOLDER own|all|time [PART-OF-NAME...]

            own counts what runs on the calling thread, all what others take part in, and time takes the time of reads of
            a million entries: medians of nanoseconds an operation and of the ratio of C's to Swift's, in 9 rounds.

            """.utf8))
    exit(64)
}
let mode = CommandLine.arguments[2]
let parts = CommandLine.arguments.dropFirst(3)
func isWanted(_ pair: CountedPair) -> Bool { parts.isEmpty || parts.contains { pair.name.contains($0) } }

let isTiming = mode == "time"
let counted = try CountedStore(in: FilePath(CommandLine.arguments[1]), entries: isTiming ? 1_000_000 : 10_000)
if isTiming {
    for pair in counted.reads where isWanted(pair) {
        let operations = max(pair.operations, pair.isAsync ? 200_000 : 1_000_000) / pair.keys
        let times = try pair.time(operations, rounds: 9)
        let figures = [
            median(times.map(\.c)), median(times.map(\.swift)), median(times.map { $0.c / $0.swift }),
        ].map { String(format: "%.3f", $0) }
        print(
            #"{"name": "\#(pair.name)", "c_ns": \#(figures[0]), "swift_ns": \#(figures[1]), "c_over_swift": \#(figures[2])}"#
        )
    }
} else {
    for pair in counted.reads + counted.writes where pair.isAsync == (mode == "all") && isWanted(pair) {
        let allocations = try pair.count()
        print(#"{"name": "\#(pair.name)", "c": \#(allocations.c), "swift": \#(allocations.swift)}"#)
    }
}
try counted.close()
