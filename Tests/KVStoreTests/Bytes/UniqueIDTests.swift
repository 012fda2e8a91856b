import Foundation
import Testing

@testable import KVStore

@Suite("Names that nobody else gives")
struct UniqueIDTests {
    @Test("Each is a random UUID as Foundation writes it, and no two are the same")
    func made() throws {
        let ids = (0..<1000).map { _ in UniqueID.make() }
        #expect(Set(ids).count == ids.count)
        for id in ids {
            let bytes = try #require(UUID(uuidString: id)).uuid
            #expect(UUID(uuid: bytes).uuidString == id)
            #expect(bytes.6 >> 4 == 4)
            #expect(bytes.8 >> 6 == 2)
            #expect(UniqueID.isOne(id))
            #expect(UniqueID.isOne(id.lowercased()))
        }
    }

    @Test(
        "What is none is not taken for one",
        arguments: [
            "", "-", "----", "E621E1F8-C36C-495A-93FC-0C247A3E6E5", "E621E1F8-C36C-495A-93FC-0C247A3E6E5FF",
            "E621E1F8C36C495A93FC0C247A3E6E5F", "E621E1F8-C36C-495A-93FC-0C247A3E6E5G",
            "E621E1F8-C36C-495A93FC--0C247A3E6E5F",
            "{E621E1F8-C36C-495A-93FC-0C247A3E6E5F", "E621E1F8-C36C-495A-93FC-0C247A3E6E5é",
        ])
    func others(_ text: String) { #expect(!UniqueID.isOne(text)) }
}
