import FaultKit
import Foundation
import Testing

/// A database that the engine cannot open is an error of the call that needed it, not the end of the process.
@Suite struct DamagedDatabaseTests {
    @Test("A missing table file is an error that names it")
    func missingTable() throws {
        // Flushed on purpose: what the engine flushes by itself may not be over when the store is closed.
        try withWrittenStore({ $0.maintenanceEvery = 50 }) { subject in
            let database = try #require(subject.databases.first)
            let table = try #require(try subject.files(in: database, suffix: ".sst").first)
            try FileManager.default.removeItem(atPath: "\(database)/\(table)")

            let found = try subject.verify()
            #expect(found.ending == .exited(2), "\(found.complaints)")
            // The engine looks for it under an older suffix last, and names that.
            #expect(found.errorText.contains(table.dropLast(4)), "\(found.errorText)")
        }
    }
}
