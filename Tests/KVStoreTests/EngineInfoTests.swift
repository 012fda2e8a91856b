import Testing

@testable import KVStore

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
        // What it says of itself in its log, and what its code says.
        #expect(info.version == EngineFeatures.version?.description)
    }

    @Test("It is refused when it is of another release than the headers")
    func mismatch() throws {
        #expect(EngineFeatures.mismatch == nil)
        let compiled = try #require(EngineVersion(packed: 7_008_003))
        #expect(compiled == .debian12)
        for same in [compiled, EngineVersion(7, 8, 4), nil] {
            #expect(EngineFeatures.mismatch(compiled: compiled, linked: same) == nil)
            #expect(EngineFeatures.mismatch(compiled: same, linked: compiled) == nil)
        }
        for other in [EngineVersion(7, 9, 0), EngineVersion(9, 8, 3), EngineVersion(9, 11, 2)] {
            let failure = try #require(EngineFeatures.mismatch(compiled: compiled, linked: other))
            #expect(failure.code == .engine)
            #expect("\(failure)".contains("7.8.3") && "\(failure)".contains("\(other)"))
        }
    }

    @Test("What reaches behind it is left alone where it was not tested")
    func features() {
        #expect(EngineVersion(packed: 0) == nil)
        #expect(EngineVersion(7, 8, 3) < EngineVersion(7, 10, 0) && EngineVersion(9, 11, 2) < EngineVersion(10, 0, 0))
        #expect(EngineFeatures.hasInsertHints == (EngineFeatures.version == .debian12))
    }
}
