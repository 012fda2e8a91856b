#if Configuration
    internal import Configuration
    internal import KVStore

    /// Reads the settings in a scope of a configuration, and keeps what is wrong with them, to be told at once.
    struct SettingsReader {
        private let config: ConfigReader
        private let scope: [String]
        private(set) var complaints: [String] = []

        init(_ config: ConfigReader, _ scope: String) {
            self.scope = scope.split(separator: ".").map(String.init)
            self.config = self.scope.isEmpty ? config : config.scoped(to: ConfigKey(self.scope))
        }

        /// The text of a value, whatever its type is; nil when there is none.
        mutating func text(_ name: String) -> String? {
            let key = ConfigKey(name)
            if let text = config.string(forKey: key) { return text }
            if let number = config.int(forKey: key) { return "\(number)" }
            if let number = config.double(forKey: key) { return "\(number)" }
            if let isOn = config.bool(forKey: key) { return isOn ? "on" : "off" }
            // Whoever gave a value wants to hear that it is none.
            if isList(key) { complaints.append("\(full(name)) is a list") }
            return nil
        }

        /// The texts of a list; nil when there is none.
        func texts(_ name: String) -> [String]? { config.stringArray(forKey: ConfigKey(name)) }

        private func isList(_ key: ConfigKey) -> Bool {
            config.stringArray(forKey: key) != nil || config.intArray(forKey: key) != nil
                || config.doubleArray(forKey: key) != nil || config.boolArray(forKey: key) != nil
        }

        mutating func complain(_ name: String, _ text: String, _ form: String) {
            complaints.append("\(full(name)) is '\(text)', it must be \(form)")
        }

        /// Reads the fields of a tuning.
        ///
        /// - Returns: whether any was given.
        @discardableResult
        mutating func read(_ name: String, into tuning: inout Tuning) -> Bool {
            var isGiven = false
            for field in StoreSetting.tuningNames {
                guard let text = text("\(name).\(field)") else { continue }
                isGiven = true
                do throws(StoreError) {
                    try tuning.set(field, to: text)
                } catch {
                    complaints.append("\(full(name)).\(error.message)")
                }
            }
            return isGiven
        }

        /// Looks for names that are no settings.
        mutating func check(_ sources: [GivenNames], settings: [String], others: [String] = []) {
            for source in sources {
                complaints += source.complaints(in: scope, settings: settings, others: others)
            }
        }

        /// Throws when something was wrong.
        func finish() throws(StoreError) {
            guard !complaints.isEmpty else { return }
            throw StoreError(
                .invalidArgument, .validate,
                "the settings cannot be used: " + complaints.joined(separator: "; "))
        }

        private func full(_ name: String) -> String { (scope + [name]).joined(separator: ".") }
    }
#endif
