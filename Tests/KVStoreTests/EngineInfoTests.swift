import KVStore
import Testing

@Suite("The engine that is linked")
struct EngineInfoTests {
    @Test("It tells its version and build")
    func current() throws {
        let info = try EngineInfo.current()
        #expect(info.version.split(separator: ".").count == 3)
        #expect(info.compressions.contains("Snappy"))
        #expect(info.compressions.contains("ZSTD"))
        #expect(["debian-static", "debian-shared", "release-static", "release-shared"].contains(info.build))
        #expect(info.assertionsEnabled == info.build.hasPrefix("debian"))
    }
}
