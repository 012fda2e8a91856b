import FaultKit
import Foundation

// The child processes of the fault tests, and their drivers. See Tests/FaultKit.

do {
    let arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
    switch arguments.command {
    case "run":
        exit(try TortureCommand.run(arguments))
    case "obstacle":
        let fileSystem = LoopDisk.FileSystem(rawValue: try arguments.required("file-system"))
        ChildSetup.print(fileSystem.flatMap(LoopDisk.obstacle) ?? "none")
    case "write", "verify", "churn", "churn-verify", "after-failure", "rot-verify", "stress", "fork", "try-opening",
        "places", "long-calls", "catalog-script", "catalog-script-verify", "loaded", "loaded-repair":
        ChildSetup.dieWithParent()
        switch arguments.command {
        case "write": try WriterCommand.run(arguments)
        case "verify": try VerifyCommand.run(arguments)
        case "after-failure": try AfterFailureCommand.run(arguments)
        case "rot-verify": try RotCommand.run(arguments)
        case "stress": try StressCommand.run(arguments)
        case "fork": try ForkCommand.run(arguments)
        case "try-opening": try ForkCommand.tryOpening(arguments)
        case "places": try PlacesCommand.run(arguments)
        case "long-calls": try LongCallsCommand.run(arguments)
        case "catalog-script": try CatalogScriptCommand.run(arguments)
        case "catalog-script-verify": try CatalogScriptCommand.verify(arguments)
        case "loaded": try LoadedCommand.run(arguments)
        case "loaded-repair": try LoadedCommand.repair(arguments)
        case "churn": try ChurnCommand.run(arguments)
        default: try ChurnCommand.verify(arguments)
        }
    default:
        throw FaultFailure("unknown command \(arguments.command)")
    }
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(2)
}
