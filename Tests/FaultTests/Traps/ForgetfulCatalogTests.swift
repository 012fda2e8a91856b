import FaultKit
import Foundation
import Testing

/// A damaged log of the metadata database ends where it is damaged: the catalog comes back without the namespaces that
/// were created later, which then would be created anew, empty.
@Suite struct ForgetfulCatalogTests {
    @Test("A catalog that has lost namespaces is an error")
    func lost() throws {
        try withWrittenStore({ $0.streams = [0, 10] }) { store in
            let log = try #require(try store.files(in: store.path + "/metadata", suffix: ".log").last)
            for share in [0.0, 0.15, 0.3] {
                let found = try store.damaged { copy in
                    let path = "\(copy)/metadata/\(log)"
                    let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
                    #expect(truncate(path, Int(Double(size) * share)) == 0)
                }
                #expect(found.complaints.isEmpty, "\(found.complaints.prefix(3))")
                #expect(found.refusals.contains { $0.hasPrefix("corruption") }, "\(share): \(found.refusals)")
                #expect(!found.refusals.contains { $0.hasPrefix("namespaceNotFound") }, "\(share)")
            }
        }
    }
}
