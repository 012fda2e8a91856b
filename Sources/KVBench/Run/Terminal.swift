import Glibc
import SystemPackage

/// Standard output for results and standard error for remarks, without buffers in between.
public enum Terminal {
    /// Whether a person looks at standard error, on a terminal that can write over a line.
    public static var showsProgress: Bool {
        isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
    }

    /// How many letters a line of the terminal has; half of a usual one where it does not tell.
    static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return TextWrapping.width }
        return Int(size.ws_col)
    }

    /// Writes a part of the result. Whoever closed standard output does not want it any more.
    public static func write(_ text: String) {
        _ = try? FileDescriptor.standardOutput.writeAll(Array(text.utf8))
    }

    /// Writes what a person wants to read: to standard output, or to standard error when a document goes there.
    public static func write(_ text: String, unless file: ResultFile?) {
        if file?.isStandardOutput == true { writeError(text) } else { write(text) }
    }

    /// Writes a remark. A closed standard error is no reason to fail.
    public static func writeError(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(Array(text.utf8))
    }
}
