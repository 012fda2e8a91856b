/// The arguments of a child: a command, then `--name value` pairs.
package struct Arguments: Sendable {
    package let command: String
    private var values: [String: String] = [:]

    package init(_ arguments: [String]) throws {
        command = arguments.first ?? "help"
        var rest = arguments.dropFirst()
        while let name = rest.popFirst() {
            guard name.hasPrefix("--"), let value = rest.popFirst() else {
                throw FaultFailure("arguments come as --name value, not as \(name)")
            }
            values[String(name.dropFirst(2))] = value
        }
    }

    package func text(_ name: String) -> String? { values[name] }

    package func required(_ name: String) throws -> String {
        guard let value = values[name] else { throw FaultFailure("--\(name) is missing") }
        return value
    }

    package func number(_ name: String, default fallback: Int) throws -> Int {
        guard let text = values[name] else { return fallback }
        guard let number = Int(text) else { throw FaultFailure("--\(name) is no number: \(text)") }
        return number
    }
}

/// Why a fault test could not be run: a fault of the test, not of what it tests.
package struct FaultFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
