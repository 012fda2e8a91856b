#if Configuration
    internal import KVStore

    /// A field of a configuration that a text can give: the table of them is all that this module knows of the fields.
    struct StoreSetting: Sendable {
        /// The name of the field.
        let name: String
        /// What its value looks like when a person writes it.
        let form: String
        /// Takes its value from such a text; false for one that names none.
        let parse: @Sendable (String, inout StoreConfiguration) -> Bool

        private init<Value: SettingText & Sendable>(
            _ name: String, _ field: any WritableKeyPath<StoreConfiguration, Value> & Sendable
        ) {
            self.name = name
            form = Value.form
            parse = { text, configuration in
                guard let value = Value(settingText: text) else { return false }
                configuration[keyPath: field] = value
                return true
            }
        }

        /// A field that can be without a value.
        private init<Value: SettingText & Sendable>(
            _ name: String, _ field: any WritableKeyPath<StoreConfiguration, Value?> & Sendable
        ) {
            self.name = name
            form = "\(Value.form), or none"
            parse = { text, configuration in
                guard let value = Value(settingText: text) else {
                    if text == "none" { configuration[keyPath: field] = nil }
                    return text == "none"
                }
                configuration[keyPath: field] = value
                return true
            }
        }

        private init(layout name: String) {
            self.name = name
            form = "one of \(StoreLayout.allCases.map(\.rawValue).joined(separator: ", ")), or none"
            parse = { text, configuration in
                configuration.layout = StoreLayout(rawValue: text)
                return configuration.layout != nil || text == "none"
            }
        }

        /// Those of a store. What only code can give has none: `mergeOperators`, `timeToLiveClock`, `logger`.
        static let all: [StoreSetting] = [
            StoreSetting("blockCache", \.blockCache),
            StoreSetting("durability", \.durability),
            StoreSetting("walSyncInterval", \.walSyncInterval),
            StoreSetting("maxOpenNamespaces", \.maxOpenNamespaces),
            StoreSetting("memtableLimit", \.memtableLimit),
            StoreSetting("callThreads", \.callThreads),
            StoreSetting("maintenanceThreads", \.maintenanceThreads),
            StoreSetting(layout: "layout"),
            StoreSetting("createIfMissing", \.createIfMissing),
            StoreSetting("access", \.access),
            StoreSetting("acceptsDataLoss", \.acceptsDataLoss),
            StoreSetting("writesEngineLog", \.writesEngineLog),
            StoreSetting("slowOperationThreshold", \.slowOperationThreshold),
            StoreSetting("collectsEngineStatistics", \.collectsEngineStatistics),
        ]

        /// The tunings of a store, and the names of the fields of one.
        static let tunings: [(name: String, field: any WritableKeyPath<StoreConfiguration, Tuning> & Sendable)] = [
            ("namespaceTuning", \.namespaceTuning), ("metadataTuning", \.metadataTuning),
        ]
        static let tuningNames = Tuning.namespace.settingTexts.map(\.name)

        /// Where a configuration begins: the values of what is not given.
        static let presets: [(name: String, configuration: StoreConfiguration)] = [
            ("documented", StoreConfiguration()), ("small", .small),
        ]
    }
#endif
