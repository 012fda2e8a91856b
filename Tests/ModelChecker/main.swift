import FaultKit
import Foundation
import ModelKit

// The long form of the model tests, and the children that they kill. See Tests/ModelKit.

do {
    exit(try ModelCommand.run(try Arguments(Array(CommandLine.arguments.dropFirst()))))
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(2)
}
