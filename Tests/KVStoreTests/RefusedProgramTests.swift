import Foundation
import SystemPackage
import Testing

/// Programs of `Tests/Refusals`, each of which the compiler takes as it is and refuses, for the reason in its first
/// line, with `FORBIDDEN` defined.
@Suite("What would outlive what it reads, or be used from two tasks, does not compile")
struct RefusedProgramTests {
    static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("Refusals")
    static let programs = ((try? folder.names()) ?? []).filter { $0.hasSuffix(".swift") }

    /// The compiler that built the tests, and where the modules are that it made. Nil where it is not to be found.
    private static let command: [String]? = {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        let built = FilePath(program).removingLastComponent()
        let scratch = built.removingLastComponent().removingLastComponent()
        let compilers = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/swiftc" }
        guard let compiler = compilers.first(where: FileManager.default.isExecutableFile(atPath:)) else { return nil }
        let modules = [
            built.appending("Modules"), built.appending("CRocksDBHints.build"), built.appending("CMappedFile.build"),
            scratch.appending("checkouts/swift-system/Sources/CSystem/include"),
            folder.removingLastComponent().removingLastComponent().appending("Sources/CRocksDB"),
        ]
        // Lifetimes and exclusive access are checked after the types, so that these have to be gone beyond.
        return [compiler, "-swift-version", "6", "-emit-sil", "-o", "/dev/null"]
            + modules.flatMap { ["-I", $0.string] }
    }()

    /// What the compiler says of a program; nil when it takes it.
    private func complaint(_ program: FilePath, _ flags: String...) throws -> String? {
        let command = try #require(Self.command) + flags + [program.string]
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? nil : text
    }

    @Test("There are such programs, and a compiler to refuse them")
    func prepared() throws {
        #expect(Self.programs.count >= 15)
        #expect(Self.command != nil)
    }

    @Test("The program is refused for its reason, and its twin is not", arguments: programs)
    func refused(_ name: String) throws {
        let program = Self.folder.appending(name)
        let text = String(decoding: try program.read(), as: UTF8.self)
        let first = try #require(text.split(separator: "\n").first)
        let reason = try #require(first.hasPrefix("// refused: ") ? String(first.dropFirst(12)) : nil)
        let complaint = try #require(try complaint(program, "-D", "FORBIDDEN"), "\(name) compiled")
        // Of a method that has two forms the error says that neither fits, and the notes why.
        let errors = complaint.split(separator: "\n").filter {
            $0.contains(".swift:")
                && ($0.contains("error:") && !$0.contains("no exact matches") || $0.contains("note: candidate"))
        }
        #expect(!errors.isEmpty && errors.allSatisfy { $0.contains(reason) }, "\(complaint)")
        let other = try self.complaint(program)
        #expect(other == nil, "\(other ?? "")")
    }
}
