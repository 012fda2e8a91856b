// Another process for the maintenance tests: does one thing to a store until it is told to end, or killed.
import Glibc
import KVStore
import SystemPackage

let arguments = CommandLine.arguments
let path = FilePath(arguments[2])

func say(_ text: String) {
    print(text)
    fflush(nil)
}

/// Ends when nobody is there to end it.
func endIfAlone() {
    if getppid() == 1 { exit(1) }
}

extension StoreConfiguration {
    /// Memtables small enough that files come and go while somebody watches.
    static var busy: StoreConfiguration {
        var configuration = StoreConfiguration()
        configuration.namespaceTuning.memtableSize = .kibibytes(64)
        configuration.metadataTuning.memtableSize = .mebibytes(1)
        return configuration
    }
}

/// Writes the same rising number to "first" and then to "second", and as many entries, until killed.
func write() throws {
    let store = try Store.open(at: path, configuration: .busy)
    let first = try store.namespace("first", createIfMissing: true)
    let second = try store.namespace("second", createIfMissing: true)
    let filler = String(repeating: "x", count: 500)
    for number in 1..<Int.max {
        // Enough for files to come and go, not so much that reading all of it takes long.
        usleep(1000)
        endIfAlone()
        for namespace in [first, second] {
            try namespace.write { batch in
                batch.put("number", "\(number)")
                batch.put("entry/\(number)", filler)
            }
        }
        if number == 100 { say("writing") }
    }
}

/// Reads what is there through a handle of the kind that is asked for.
func read(_ access: StoreConfiguration.Access) throws {
    var configuration = StoreConfiguration.busy
    configuration.access = access
    let store = try Store.open(at: path, configuration: configuration)
    for info in try store.namespaces() {
        let entries = try store.namespace(info.name).entries().collect()
        say("\(info.name): \(entries.count)")
    }
    try store.close()
    say("end")
}

/// Makes numbered copies of the store, until killed.
func repeatedly(_ body: (Store, Int) throws -> Void) throws {
    let store = try Store.open(at: path, configuration: .busy)
    let namespace = try store.namespace("first", createIfMissing: true)
    for number in 0..<Int.max {
        endIfAlone()
        try namespace.put("number", "\(number)")
        try body(store, number)
        say("made \(number)")
    }
}

do {
    switch arguments[1] {
    case "write": try write()
    case "read": try read(.readOnly)
    case "follow": try read(.follower)
    case "checkpoint": try repeatedly { try $0.checkpoint(to: FilePath(arguments[3]).appending("copy-\($1)")) }
    default: say("unknown: \(arguments[1])")
    }
} catch {
    say("failed: \(error)")
}
