internal import Foundation
internal import Glibc

/// The library that is preloaded into children, of `Tests/FaultShim`, which is compiled when it is first needed.
///
/// SwiftPM makes shared libraries of products only, and a product would be everybody's who depends on this package.
enum FaultShim {
    /// Beside the program that runs, as new as its source. What is there without a source to compare with is taken.
    static let library: String = {
        let library = Programs.beside("libFaultShim.so")
        do {
            if isOutdated(library) { try build(library) }
        } catch {
            fatalError("cannot make \(library): \(error)")
        }
        return library
    }()

    private static let source: String = {
        let kit = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return kit.deletingLastPathComponent().appendingPathComponent("FaultShim/fault_shim.c").path
    }()

    private static func isOutdated(_ library: String) -> Bool {
        guard let made = changed(library) else { return true }
        return changed(source).map { $0 > made } ?? false
    }

    private static func changed(_ path: String) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }

    /// With the compiler that Swift brings. Other processes may be at it too: each renames its own into place.
    private static func build(_ library: String) throws {
        let made = library + ".\(getpid())"
        defer { unlink(made) }
        try Tool.run([
            "clang", "-shared", "-fPIC", "-O2", "-g", "-fno-omit-frame-pointer", "-Wall", "-Werror", source, "-o", made,
            "-ldl", "-lpthread",
        ])
        guard rename(made, library) == 0 else { throw FaultFailure("rename \(made): \(errno)") }
    }
}
