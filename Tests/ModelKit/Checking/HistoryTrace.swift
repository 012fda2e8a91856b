internal import FaultKit
internal import Foundation
internal import Glibc

/// Writes a history to a file as it is made, so that it is there when the process is not.
final class HistoryTrace {
    private let file: Int32

    init(_ path: String, _ setup: Setup) throws {
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw FaultFailure("cannot write \(path)") }
        note(HistoryFile(setup: setup, operations: []).text)
    }

    deinit { close(file) }

    func note(_ operation: Operation) { note(operation.description + "\n") }

    private func note(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    }
}
