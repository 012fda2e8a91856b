#if Configuration
    public import Configuration
    public import KVStore

    extension NamespaceOptions {
        /// The options of a namespace as swift-configuration has them.
        ///
        /// ```swift
        /// let options = try NamespaceOptions(config: config, scope: "store.namespaces.sessions")
        /// let sessions = try await store.namespace("sessions", createIfMissing: true, options: options)
        /// ```
        ///
        /// The settings are `mergeOperator` (`add64`, `min`, `max`, `append`, `setUnion`, or `none`), `timeToLive` (a
        /// duration, or `none`), `attributes` (a list of `name=value`), `changes.keptFor` and `changes.upTo` (a duration
        /// and a size; either has changes kept), and the fields of its tuning as `tuning.memtableSize`.
        ///
        /// - Parameters:
        ///   - config: the reader.
        ///   - scope: where in it the settings are; empty for its root.
        ///   - given: where the names that were given can be listed, as for a store. Default the environment.
        ///   - base: the tuning whose fields count that are not given, when one is. Give it the store's
        ///     ``StoreConfiguration/namespaceTuning``.
        /// - Throws: `.invalidArgument` as for a store.
        public init(
            config: ConfigReader, scope: String, given: [GivenNames] = [.environment], base: Tuning = .namespace
        ) throws(StoreError) {
            var reader = SettingsReader(config, scope)
            self.init()
            if let text = reader.text("mergeOperator"), text != "none" {
                if let merge = Self.mergeOperators.first(where: { $0.name == text }) {
                    mergeOperator = merge.operator
                } else {
                    let names = Self.mergeOperators.map(\.name).joined(separator: ", ")
                    reader.complain("mergeOperator", text, "one of \(names), or none")
                }
            }
            if let text = reader.text("timeToLive"), text != "none" {
                timeToLive = Duration(settingText: text)
                if timeToLive == nil { reader.complain("timeToLive", text, "\(Duration.form), or none") }
            }
            for text in reader.texts("attributes") ?? [] {
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if parts.count == 2, !parts[0].isEmpty {
                    attributes[String(parts[0])] = String(parts[1])
                } else {
                    reader.complain("attributes", text, "a list of name=value")
                }
            }
            if let text = reader.text("changes.keptFor") {
                if let time = Duration(settingText: text) {
                    changes = changes ?? ChangeRetention()
                    changes?.keptFor = time
                } else {
                    reader.complain("changes.keptFor", text, Duration.form)
                }
            }
            if let text = reader.text("changes.upTo") {
                if let size = ByteCount(settingText: text) {
                    changes = changes ?? ChangeRetention()
                    changes?.upTo = size
                } else {
                    reader.complain("changes.upTo", text, ByteCount.form)
                }
            }
            var tuning = base
            if reader.read("tuning", into: &tuning) { self.tuning = tuning }
            reader.check(given, settings: Self.settingNames)
            try reader.finish()
            try self.tuning?.validate()
        }

        /// The names of all settings.
        public static var settingNames: [String] {
            ["mergeOperator", "timeToLive", "attributes", "changes.keptFor", "changes.upTo"]
                + StoreSetting.tuningNames.map { "tuning.\($0)" }
        }

        private static let mergeOperators: [(name: String, operator: MergeOperator)] = [
            ("add64", .add64), ("min", .min), ("max", .max), ("append", .append), ("setUnion", .setUnion),
        ]
    }
#endif
