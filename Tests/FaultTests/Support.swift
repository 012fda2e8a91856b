import FaultKit
import Foundation
import Testing

/// Runs a scenario in a driver process of its own and expects that nothing was violated.
///
/// - Parameter mounts: whether it mounts file systems, for which it gets a mount namespace of its own: whatever happens
///   to it, the kernel unmounts what is left.
func expectNoViolations(
    _ scenario: String, rounds: Int, mounts: Bool = false, arguments: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let seed = Seed.fromEnvironment()
    let folder = try WorkFolder("test")
    var command = [Programs.writer, "run", "--scenarios", scenario, "--rounds", "\(rounds)", "--seed", "\(seed)"]
    command += arguments
    if mounts { command = Disks.namespace + command }
    let driver = try ChildProcess(command[0], Array(command.dropFirst()), errorFile: folder.fresh("stderr"))
    var output: [String] = []
    driver.readLines(until: Clock.after(milliseconds: 600_000)) { line in
        output.append(line)
        return true
    }
    let ending = driver.wait(until: Clock.after(milliseconds: 5000))
    let text = output.joined(separator: "\n")
    print("\(scenario):\n\(text)")
    #expect(ending == .exited(0), "\(text)\n\(driver.errorText)", sourceLocation: sourceLocation)
}

/// Whether file systems can be made and mounted here.
enum Disks {
    /// Begins a command with a mount namespace of its own.
    static let namespace = ["unshare", "--mount", "--propagation", "private"]

    private static let obstacles: [LoopDisk.FileSystem: String] = {
        var obstacles: [LoopDisk.FileSystem: String] = [:]
        for fileSystem in LoopDisk.FileSystem.allCases {
            let obstacle = probe(fileSystem)
            guard obstacle != "none" else { continue }
            obstacles[fileSystem] = obstacle
            print("Fault tests on \(fileSystem) are skipped: \(obstacle)")
        }
        return obstacles
    }()

    /// Why there can be no disk with a file system, or nil.
    static func obstacle(_ fileSystem: LoopDisk.FileSystem) -> Comment? {
        obstacles[fileSystem].map { Comment(rawValue: $0) }
    }

    private static func probe(_ fileSystem: LoopDisk.FileSystem) -> String {
        guard getuid() == 0 else { return "mounting needs root" }
        var answer = "the probe said nothing"
        do {
            let folder = try WorkFolder("probe")
            let command = namespace + [Programs.writer, "obstacle", "--file-system", fileSystem.rawValue]
            let probe = try ChildProcess(command[0], Array(command.dropFirst()), errorFile: folder.fresh("stderr"))
            probe.readLines(until: Clock.after(milliseconds: 60_000)) { line in
                answer = line
                return true
            }
            if answer.isEmpty { answer = probe.errorText }
        } catch {
            answer = "\(error)"
        }
        return answer
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where there can be no disk with the file system.
    static func needs(_ fileSystem: LoopDisk.FileSystem) -> Self {
        .enabled(if: Disks.obstacle(fileSystem) == nil, Disks.obstacle(fileSystem))
    }
}
