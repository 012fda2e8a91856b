// Written by hand so that a tuning outlives the versions of the library: a field that is missing, because it came
// later, has its documented value, and one that is not known is passed over. `nil` is written, since it is not the same
// as missing.
extension Tuning {
    /// Reads what ``encode(to:)`` wrote, also that of an earlier or later version of the library. What is missing is as
    /// ``namespace`` has it.
    ///
    /// - Throws: `DecodingError` for a field of another type. A field that is missing or unknown is not an error.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: TuningOption.Key.self)
        var tuning = Tuning.namespace
        for option in TuningOption.all { try option.decode(values, &tuning) }
        self = tuning
    }

    /// Writes every field by its name.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: TuningOption.Key.self)
        for option in TuningOption.all { try option.encode(self, &values) }
    }
}
