import Glibc
import KVStore

/// Prints a line at once, since a reader at the other end of a pipe waits for it.
func say(_ text: String) {
    var line = text + "\n"
    line.withUTF8 { _ = write(1, $0.baseAddress, $0.count) }
}

/// A cache that is spoken to by lines: set TOKEN USER, get TOKEN, end TOKEN, count.
///
///   SessionCache FOLDER SECONDS
@main
struct SessionProgram {
    static func main() async throws {
        guard CommandLine.arguments.count == 3, let seconds = Double(CommandLine.arguments[2]), seconds > 0 else {
            print("usage: SessionCache FOLDER SECONDS")
            exit(64)
        }
        // Some tens of MiB in all: a cache beside a server must not grow into its memory.
        let store = try await Store.open(at: CommandLine.arguments[1], configuration: .small)
        let cache = try await SessionCache(in: store, lifetime: .seconds(seconds))
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            switch (words.first, words.count) {
            case ("set", 3):
                try await cache.put(words[1], words[2])
                say("ok")
            case ("get", 2): say(try await cache.user(of: words[1]) ?? "none")
            case ("end", 2):
                try await cache.remove(words[1])
                say("ok")
            case ("count", 1): say("\(try await cache.count())")
            default: say("set TOKEN USER, get TOKEN, end TOKEN, count")
            }
        }
        try await store.close()
    }
}
