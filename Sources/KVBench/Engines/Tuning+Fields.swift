import FoundationEssentials
import KVStore

extension Tuning {
    /// Every field by its name, as text.
    func fields() throws -> [String: String] {
        let values = try JSONDecoder().decode([String: Field].self, from: JSONEncoder().encode(self))
        return values.mapValues(\.text)
    }

    /// A value as the coding has it: all that a tuning consists of.
    private struct Field: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                text = "none"
            } else if let flag = try? value.decode(Bool.self) {
                text = "\(flag)"
            } else if let number = try? value.decode(Double.self) {
                text = NumberText.plain(number)
            } else if let duration = try? value.decode(Duration.self) {
                text = "\(duration)"
            } else {
                text = try value.decode(String.self)
            }
        }
    }
}
