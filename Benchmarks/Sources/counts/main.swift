import CCounters
import Foundation
import KVStore
import SystemPackage

// Prints the allocations of each benchmark as a line of JSON; under callgrind its instructions go into callgrind's files.
// scripts/lib/counts.py runs it and puts the two together.

guard CommandLine.arguments.count >= 3, ["own", "all"].contains(CommandLine.arguments[2]) else {
    FileHandle.standardError.write(
        Data(
            """
            usage: counts EMPTY-FOLDER own|all [PART-OF-NAME...]

            own counts what runs on the calling thread, all what others take part in.

            """.utf8))
    exit(64)
}
let isAsync = CommandLine.arguments[2] == "all"
let parts = CommandLine.arguments.dropFirst(3)
let counted = try CountedStore(in: FilePath(CommandLine.arguments[1]))
for pair in counted.reads + counted.writes where pair.isAsync == isAsync {
    guard parts.isEmpty || parts.contains(where: { pair.name.contains($0) }) else { continue }
    let allocations = try pair.count()
    print(#"{"name": "\#(pair.name)", "c": \#(allocations.c), "swift": \#(allocations.swift)}"#)
}
try counted.close()
