import Foundation
import Testing

@testable import KVStore

@Suite("JSON of the catalog")
struct JSONTests {
    @Test("What is written is read as it was, here and by Foundation")
    func roundTrip() throws {
        var random = SeededRandom(test: "JSON")
        for _ in 0..<2000 {
            let value = Self.value(&random, 0)
            #expect(try JSON(parsing: Array(value.text.utf8)) == value)
            let read = try JSONSerialization.jsonObject(with: Data(value.text.utf8), options: .fragmentsAllowed)
            let written = try JSONSerialization.data(withJSONObject: read, options: .fragmentsAllowed)
            #expect(try JSON(parsing: Array(written)).withoutNumbers == value.withoutNumbers)
        }
    }

    private struct Everything: Codable, Equatable {
        var name: String
        var count: UInt64
        var small: Int8
        var part: Double
        var isOn: Bool
        var missing: Int?
        var names: [String]
        var nested: [String: [Int?]]
        var duration: Duration
        var tuning: Tuning
        var compression: Compression?
    }

    @Test("Types write and read what they do with Foundation", arguments: [Tuning.namespace, .metadata, .before])
    func types(_ tuning: Tuning) throws {
        let value = Everything(
            name: "a \"quoted\" \\ \u{1} é 🙂 /", count: .max, small: .min, part: 1e-300, isOn: true, missing: nil,
            names: ["", "b"], nested: ["x": [1, nil, -5], "y": []], duration: .milliseconds(-1500), tuning: tuning,
            compression: .zstd)
        let text = try JSON(encoding: value).text
        #expect(try JSON(parsing: Array(text.utf8)).decode() == value)
        #expect(try JSONDecoder().decode(Everything.self, from: Data(text.utf8)) == value)
        #expect(try JSON(parsing: Array(JSONEncoder().encode(value))).decode() == value)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(String(decoding: try encoder.encode(value), as: UTF8.self) == text)
    }

    @Test(
        "What is no JSON is refused",
        arguments: [
            "", " ", "nul", "nulll", "truefalse", "[", "]", "[1,]", "[,1]", "[1 2]", "{", "{\"a\"}", "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}", "{\"a\":1,\"a\":2}", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x10", "NaN", "Infinity", "\"",
            "\"\\\"",
            "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\u{1}\"",
            "\"a\nb\"",
            "1 1", "{} {}", "'a'", "[1]x", String(repeating: "[", count: 100_000),
        ])
    func malformed(_ text: String) {
        #expect(throws: JSON.Failure.self) { try JSON(parsing: Array(text.utf8)) }
    }

    @Test(
        "Bytes that are no UTF-8 are refused",
        arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] as [[UInt8]])
    func notText(_ bytes: [UInt8]) {
        #expect(throws: JSON.Failure.self) { try JSON(parsing: [0x22] + bytes + [0x22]) }
    }

    @Test("Every escape, spaces, and numbers as they are written")
    func forms() throws {
        let text =
            #" { "a" : [ "\"\\\/\b\f\n\r\t\u00e9\ud83d\ude42" , -0.5E+3 , 1e0 , null , true , false , { } , [ ] ] } "#
        let read = JSON.object([
            "a": .array([
                .string("\"\\/\u{8}\u{C}\n\r\té🙂"), .number("-0.5E+3"), .number("1e0"), .null, .bool(true),
                .bool(false),
                .object([:]), .array([]),
            ])
        ])
        #expect(try JSON(parsing: Array(text.utf8)) == read)
    }

    @Test(
        "A number that does not fit, or another type, is refused",
        arguments: ["256", "-1", "1.5", "1e300", "1e999", "\"1\"", "true", "null", "[]", "{}"])
    func misfits(_ text: String) throws {
        let value = try JSON(parsing: Array(text.utf8))
        #expect(throws: JSON.Failure.self) { try value.decode(UInt8.self) }
    }

    @Test("A whole number is taken however it is written", arguments: ["7", "7.0", "70e-1", "0.7e1"])
    func whole(_ text: String) throws {
        #expect(try JSON(parsing: Array(text.utf8)).decode(UInt8.self) == 7)
        #expect(try JSON(parsing: Array(text.utf8)).decode(Float.self) == 7)
    }

    private static func value(_ random: inout SeededRandom, _ depth: Int) -> JSON {
        func text(_ random: inout SeededRandom) -> String {
            let alphabet: [Character] = [
                "a", "\"", "\\", "/", "\n", "\u{0}", "\u{1F}", "\u{7F}", "é", "🙂", "\u{2028}", "{",
            ]
            return String(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
        }
        switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .number(String(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random)))
        case 3: return .number(["0.5", "-1e10", "2.25E-3", "0"].randomElement(using: &random)!)
        case 4: return .string(text(&random))
        case 5:
            return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(&random, depth + 1) })
        default:
            var members: [String: JSON] = [:]
            for _ in 0..<Int.random(in: 0...4, using: &random) { members[text(&random)] = value(&random, depth + 1) }
            return .object(members)
        }
    }
}

extension JSON {
    /// Numbers are written in more than one way.
    fileprivate var withoutNumbers: JSON {
        switch self {
        case .number: .null
        case .array(let elements): .array(elements.map(\.withoutNumbers))
        case .object(let members): .object(members.mapValues(\.withoutNumbers))
        case .null, .bool, .string: self
        }
    }
}
