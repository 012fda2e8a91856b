import ArgumentParser

/// The value of an option that takes several numbers: from 1, separated by commas.
public func numberList(_ text: String) throws -> [Int] {
    let numbers = text.split(separator: ",").map { Int($0) ?? 0 }
    guard !numbers.isEmpty, numbers.allSatisfy({ $0 > 0 }) else {
        throw ValidationError("give numbers from 1, separated by commas")
    }
    return numbers
}
