import Glibc
import KVStore

/// What the process holds of the machine's.
struct ProcessCounts {
    let descriptors: Int
    let threads: Int
    /// The memory that is resident, in bytes.
    let resident: Int

    static var now: ProcessCounts {
        ProcessCounts(
            descriptors: count("/proc/self/fd"), threads: count("/proc/self/task"), resident: residentPages * 4096)
    }

    private static var residentPages: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 128)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return 0 }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    static func count(_ folder: String, where counts: (String) -> Bool = { _ in true }) -> Int {
        guard let entries = opendir(folder) else { return -1 }
        defer { closedir(entries) }
        var count = 0
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix("."), counts(name) { count += 1 }
        }
        return count
    }
}
