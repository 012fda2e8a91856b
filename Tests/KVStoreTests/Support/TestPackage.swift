import Foundation
import SystemPackage

/// Where the tests that run were built.
enum TestPackage {
    /// The folder with their programs.
    static let programs: FilePath = {
        let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return FilePath(program ?? "").removingLastComponent()
    }()

    /// That of the package: `.build-test/x86_64-unknown-linux-gnu/debug` above the programs.
    static let folder: FilePath = {
        var folder = programs
        for _ in 0..<3 { folder.removeLastComponent() }
        return folder
    }()
}
