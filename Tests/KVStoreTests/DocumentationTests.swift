import Testing

@Suite("The public surface is documented")
struct DocumentationTests {
    /// What a protocol requires is documented there.
    private static let requirements = [
        "func get(", "func pinned(", "func getMany(", "func cursor(", "func withBytes<", "var keyRange",
        "func next(isolation",
        "init(from decoder", "func encode(", "static func <", "static func +", "static func *", "var description",
        "init(_ bytes: RawSpan)", "func makeAsyncIterator", "typealias",
    ]

    @Test("Every symbol has a comment, and one that throws says what")
    func comments() throws {
        let symbols = try PublicSymbol.all()
        #expect(symbols.count > 250)
        for symbol in symbols {
            let isRequired = Self.requirements.contains { symbol.declaration.contains($0) }
            if isRequired, symbol.comment.isEmpty { continue }
            #expect(!symbol.comment.isEmpty, "\(symbol.place): \(symbol.declaration)")
            guard symbol.throwsErrors, symbol.declaration.contains("func ") || symbol.declaration.contains("init(")
            else {
                continue
            }
            #expect(symbol.comment.contains("- Throws:"), "\(symbol.place): \(symbol.declaration)")
        }
    }
}
