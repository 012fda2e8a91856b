import FaultKit
import Foundation
import Testing

/// A manifest that was cut off behind a record reads as one that ends there. The engine opens the database, with files
/// missing, and takes the newest commits from the log: nothing of it shows in the sequence number.
@Suite struct TruncatedManifestTests {
    @Test("A manifest that was cut off is an error that names it")
    func truncated() throws {
        try withWrittenStore({ plan in
            plan.maintenanceEvery = 30
            plan.shape.window = 1000
        }) { store in
            let database = try #require(store.databases.first)
            let manifest = try #require(try store.files(in: database, suffix: "").first { $0.hasPrefix("MANIFEST") })
            let ends = try recordEnds("\(database)/\(manifest)")
            #expect(ends.count > 4, "the manifest has too few records to be a test")
            for end in ends.dropLast() {
                let found = try store.damaged { copy in
                    let path = database.replacingOccurrences(of: store.path, with: copy)
                    #expect(truncate("\(path)/\(manifest)", end) == 0)
                }
                #expect(found.complaints.isEmpty, "cut at \(end): \(found.complaints.prefix(3))")
                #expect(
                    found.refusals.contains { $0.hasPrefix("corruption") && $0.contains(manifest) }, "cut at \(end)")
            }
        }
    }

    /// Where the records of a manifest end: each is a checksum of 4 bytes, a length of 2, a type of 1, and the rest.
    private func recordEnds(_ path: String) throws -> [Int] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        var ends: [Int] = []
        var place = 0
        while place + 7 <= bytes.count {
            place += 7 + Int(bytes[place + 4]) + Int(bytes[place + 5]) << 8
            ends.append(place)
        }
        return ends
    }
}
