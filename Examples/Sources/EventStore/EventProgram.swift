import Glibc
import KVStore

/// Prints a line at once, since a reader at the other end of a pipe waits for it.
func say(_ text: String) {
    var line = text + "\n"
    line.withUTF8 { _ = write(1, $0.baseAddress, $0.count) }
}

/// An event store that is spoken to by lines: append STREAM VERSION|any TYPE DATA, stream NAME, category NAME. With a name behind
/// the folder it also prints each event as it comes, from where the subscriber of that name was.
///
///   EventStore FOLDER [SUBSCRIBER]
@main
struct EventProgram {
    static func main() async throws {
        guard (2...3).contains(CommandLine.arguments.count) else {
            print("usage: EventStore FOLDER [SUBSCRIBER]")
            exit(64)
        }

        let store = try await Store.open(at: CommandLine.arguments[1], configuration: .small)
        let log = try await EventStore(in: store)
        // Detached, since reading a line holds up all that runs on the main actor.
        let subscription = Task.detached {
            guard CommandLine.arguments.count == 3 else { return }
            do {
                try await log.subscribe(CommandLine.arguments[2]) { event in
                    say("event \(event.stream) \(event.version) \(event.type) \(event.data)")
                }
            } catch is CancellationError {
            } catch {
                say("the subscription has ended: \(error)")
            }
        }
        while let line = readLine() {
            let words = line.split(separator: " ", maxSplits: 4).map(String.init)
            switch (words.first, words.count) {
            case ("append", 5):
                do {
                    let version = try await log.append([(words[3], words[4])], to: words[1], at: Int(words[2]))
                    say("version \(version)")
                } catch let error as EventStore.WrongVersion {
                    say("refused, it is at \(error.actual)")
                }
            case ("stream", 2):
                for event in try await log.events(of: words[1]) { say("\(event.version) \(event.type) \(event.data)") }
            case ("category", 2):
                for event in try await log.events(ofCategory: words[1]) {
                    say("\(event.stream) \(event.type) \(event.data)")
                }
            default: say("append STREAM VERSION|any TYPE DATA, stream NAME, category NAME")
            }
        }
        subscription.cancel()
        await subscription.value
        try await store.close()
    }
}
