import Foundation

/// libFuzzer's own `main`, called with a target of ours: `Fuzz NAME [libFuzzer's options] [folders of inputs]`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

nonisolated(unsafe) private var target = FuzzTarget.all[0]  // set once, before anything runs

@main
enum Main {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count >= 2, let named = FuzzTarget.all.first(where: { $0.name == arguments[1] }) else {
            let names = FuzzTarget.all.map(\.name).joined(separator: "\n")
            print(names)
            exit(arguments.count >= 2 && arguments[1] != "list" ? 64 : 0)
        }
        target = named
        var passed = ([arguments[0]] + arguments.dropFirst(2)).map { strdup($0) } + [nil]
        var count = CInt(passed.count - 1)
        passed.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            exit(
                runFuzzer(&count, &start) { bytes, count in
                    target.run([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
                    return 0
                })
        }
    }
}
