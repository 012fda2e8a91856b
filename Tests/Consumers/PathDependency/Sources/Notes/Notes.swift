import Foundation
import KVStore
import KVStoreFoundation
import KVStoreTables

struct Note: Codable, Sendable {
    var title: String
    var due: Date
}

// Notes are JSON under numbers, and are found by their dates too. A table is a description, and holds no store.
let byDue = TableIndex<Int, Note, Date>("due") { $0.due }
let notes = Table("notes", key: Int.self, value: .json(Note.self), indexes: [byDue])

@main
struct Notes {
    static func main() async throws {
        let store = try await Store.open(at: "notes.kvstore")
        let space = try await store.namespace("notes", createIfMissing: true)
        try await notes.prepareIndexes(in: space)

        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "add":
            let note = Note(title: arguments.dropFirst().joined(separator: " "), due: Date())
            // Read, decide, write: updates run one after another, so no two notes get the same number.
            let number = try await space.update(durability: .synced) { update in
                let number = (try notes.rows(reversed: true, limit: 1, in: &update).first?.key ?? 0) + 1
                try notes.put(number, note, in: &update)
                return number
            }
            print("added", number)
        case "list":
            // A page, and the token of the next one: text to hand out and take back.
            let token = arguments.dropFirst().first.flatMap { PageToken($0) }
            let page = try await notes.page(byDue, after: token, limit: 20, in: space)
            for (number, note) in page.rows { print(number, note.title) }
            if let next = page.next { print("the next ones: list", next) }
        default:
            print("Notes add TITLE | list [TOKEN]")
        }
        try await store.close()
    }
}
