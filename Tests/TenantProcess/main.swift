// Many threads that create, use, drop and create again the same few namespaces, and then counts of what they left
// behind.
//
// TenantProcess FOLDER SECONDS THREADS NAMES SEED
import Glibc
import KVStore
import SystemPackage

let arguments = CommandLine.arguments
let folder = FilePath(arguments[1])
let seconds = Double(arguments[2]) ?? 5
let threads = Int(arguments[3]) ?? 64
let names = Int(arguments[4]) ?? 5
let seed = UInt64(arguments[5]) ?? 1

do {
    // Once to have the threads and the memory that stay: pools of the process and of the allocator.
    _ = try Churn(folder.appending("first"), threads: threads, names: names, seed: seed).run(seconds: seconds / 4)
    let before = ProcessCounts.now
    let churn = Churn(folder.appending("second"), threads: threads, names: names, seed: seed + 1)
    // What the history takes is gone before the memory is counted.
    func report() throws {
        let history = try churn.run(seconds: seconds)
        for violation in history.violations().prefix(20) { print("violation: \(violation)") }
        print("operations \(history.summary)")
    }
    try report()
    print("files \(churn.filesLeft)")
    let after = ProcessCounts.now
    print("descriptors \(before.descriptors) \(after.descriptors)")
    print("threads \(before.threads) \(after.threads)")
    print("memory \(before.resident) \(after.resident)")
    print("done")
} catch {
    print("violation: \(error)")
}
