#if Configuration
    public import Configuration
    public import KVStore

    extension StoreConfiguration {
        /// The configuration of a store as swift-configuration has it: from the environment, from files, from whatever
        /// providers the reader has.
        ///
        /// ```swift
        /// let config = ConfigReader(providers: [
        ///     EnvironmentVariablesProvider(), try await FileProvider<JSONSnapshot>(filePath: path),
        /// ])
        /// let configuration = try StoreConfiguration(
        ///     config: config, scope: "store", given: [.environment, .jsonFile(at: path)])
        /// ```
        ///
        /// The settings are the fields by their names, those of tunings as `namespaceTuning.memtableSize`; and `preset`,
        /// `documented` or `small`, which says what counts for those that are not given. Sizes are written as `64MiB`,
        /// durations as `500ms`, and `none` is for what can be without a value. What only code can give is not among them:
        /// ``mergeOperators``, ``timeToLiveClock``, ``logger``; set them afterwards. Names that begin with `namespaces.`
        /// are left to ``NamespaceOptions/init(config:scope:given:base:)``.
        ///
        /// - Parameters:
        ///   - config: the reader.
        ///   - scope: where in it the settings are, `store` or `app.store`; empty for its root.
        ///   - given: where the names that were given can be listed. Those that are no settings are refused; of a source
        ///     that is not listed here they are not noticed. Default the environment.
        /// - Throws: `.invalidArgument` with everything that is wrong: names that are no settings, each with the nearest
        ///   that is one; texts that are no values, with what they must be; values that do not hold together. That nothing
        ///   is given is no error.
        public init(
            config: ConfigReader, scope: String, given: [GivenNames] = [.environment]
        ) throws(StoreError) {
            var reader = SettingsReader(config, scope)
            self.init()
            if let text = reader.text("preset") {
                if let preset = StoreSetting.presets.first(where: { $0.name == text }) {
                    self = preset.configuration
                } else {
                    let names = StoreSetting.presets.map(\.name).joined(separator: ", ")
                    reader.complain("preset", text, "one of \(names)")
                }
            }
            for setting in StoreSetting.all {
                guard let text = reader.text(setting.name), !setting.parse(text, &self) else { continue }
                reader.complain(setting.name, text, setting.form)
            }
            for (name, field) in StoreSetting.tunings { reader.read(name, into: &self[keyPath: field]) }
            reader.check(given, settings: Self.settingNames, others: ["namespaces"])
            try reader.finish()
            try validate()
        }

        /// The names of all settings.
        public static var settingNames: [String] {
            ["preset"] + StoreSetting.all.map(\.name)
                + StoreSetting.tunings.flatMap { tuning in StoreSetting.tuningNames.map { "\(tuning.name).\($0)" } }
        }
    }
#endif
