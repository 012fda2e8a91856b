import KVStore

/// One field of the tuning that the user names: `--set memtableSize=64MiB`.
public struct TuningSetting: Sendable, Equatable {
    /// The field's name.
    public let name: String
    /// Its value as it was written.
    public let value: String

    /// The setting that `text` names: `FIELD=VALUE`.
    ///
    /// - Throws: `UsageError` for a text without a name or a value. Whether there is such a field is looked at later.
    public static func parse(_ text: String) throws(UsageError) -> TuningSetting {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw UsageError("--set needs FIELD=VALUE, for example --set memtableSize=64MiB; '\(text)' is not that")
        }
        return TuningSetting(name: String(parts[0]), value: String(parts[1]))
    }

    /// What can be set, with the documented value of each.
    static var fields: [(name: String, summary: String)] {
        Tuning.namespace.settingTexts.filter { $0.name != durability }
            .map { ($0.name, $0.text + (TuningChoice.before.text(of: $0.name).map { ", before: \($0)" } ?? "")) }
    }

    /// Has an option of its own.
    fileprivate static let durability = "durability"

    /// `memtableSize=64MiB`.
    var text: String { "\(name)=\(value)" }
}

extension TuningChoice {
    private var fields: Tuning { self == .documented ? .namespace : .before }

    /// The value of a field where it differs from the documented one.
    fileprivate func text(of name: String) -> String? {
        let text = fields.settingTexts.first { $0.name == name }?.text
        return text == Tuning.namespace.settingTexts.first { $0.name == name }?.text ? nil : text
    }

    /// The values of its fields, but for those of `settings`.
    ///
    /// - Throws: `UsageError` for a field that there is none of or that another option sets, one that is named twice, a
    ///   value that is none, and values that do not hold together.
    func fields(with settings: [TuningSetting]) throws(UsageError) -> Tuning {
        var tuning = fields
        var names: Set<String> = []
        do {
            for setting in settings {
                guard setting.name != TuningSetting.durability else {
                    throw UsageError("durability is set by --durability")
                }
                guard names.insert(setting.name).inserted else {
                    throw UsageError("\(setting.name) is set twice; give one value")
                }
                try tuning.set(setting.name, to: setting.value)
            }
            try tuning.validate()
        } catch let error as UsageError {
            throw UsageError("--set: \(error.message)")
        } catch {
            throw UsageError("--set: \((error as? StoreError)?.message ?? "\(error)")")
        }
        return tuning
    }
}
