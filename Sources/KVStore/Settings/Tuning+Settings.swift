extension Tuning {
    /// All settings with their values, in the order of the tables that readers see.
    package var settingTexts: [(name: String, text: String)] { TuningOption.all.map { ($0.name, $0.text(self)) } }

    /// Sets a field by its name to what a person wrote. Whether the tuning then holds together ``validate()`` says.
    ///
    /// - Throws: `.invalidArgument` for a name that there is none of, which lists them, and for a text that is no value of
    ///   the field.
    package mutating func set(_ name: String, to text: String) throws(StoreError) {
        guard let option = TuningOption.all.first(where: { $0.name == name }) else {
            let names = TuningOption.all.map(\.name).joined(separator: ", ")
            throw StoreError(.invalidArgument, .validate, "there is no setting '\(name)'; give one of: \(names)")
        }
        guard option.parse(text, &self) else {
            throw StoreError(.invalidArgument, .validate, "\(name) is '\(text)', it must be \(option.form)")
        }
    }
}
