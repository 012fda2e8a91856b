/// A range of values of which each is a key or a part of one: `1..<5`, `"a"...`, and the others.
public protocol KeyBounds<Bound> {
    /// What is between the bounds.
    associatedtype Bound: KeyCodable

    /// The first of them; nil for no bound.
    var lowerKey: Bound? { get }
    /// The last of them, or the first behind them; nil for no bound.
    var upperKey: Bound? { get }
    /// Whether ``upperKey`` is one of them.
    var includesUpperKey: Bool { get }
}

extension Range: KeyBounds where Bound: KeyCodable {
    /// The lower bound.
    public var lowerKey: Bound? { lowerBound }
    /// The upper bound.
    public var upperKey: Bound? { upperBound }
    /// False.
    public var includesUpperKey: Bool { false }
}

extension ClosedRange: KeyBounds where Bound: KeyCodable {
    /// The lower bound.
    public var lowerKey: Bound? { lowerBound }
    /// The upper bound.
    public var upperKey: Bound? { upperBound }
    /// True.
    public var includesUpperKey: Bool { true }
}

extension PartialRangeFrom: KeyBounds where Bound: KeyCodable {
    /// The bound.
    public var lowerKey: Bound? { lowerBound }
    /// Nil.
    public var upperKey: Bound? { nil }
    /// False.
    public var includesUpperKey: Bool { false }
}

extension PartialRangeUpTo: KeyBounds where Bound: KeyCodable {
    /// Nil.
    public var lowerKey: Bound? { nil }
    /// The bound.
    public var upperKey: Bound? { upperBound }
    /// False.
    public var includesUpperKey: Bool { false }
}

extension PartialRangeThrough: KeyBounds where Bound: KeyCodable {
    /// Nil.
    public var lowerKey: Bound? { nil }
    /// The bound.
    public var upperKey: Bound? { upperBound }
    /// True.
    public var includesUpperKey: Bool { true }
}
