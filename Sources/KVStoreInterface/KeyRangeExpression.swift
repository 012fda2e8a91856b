/// What a range of keys can be written as: a ``KeyRange``, or a range of strings such as `"a"..<"b"` or `"a"...`.
public protocol KeyRangeExpression {
    /// The range.
    var keyRange: KeyRange { get }
}

extension KeyRange: KeyRangeExpression {
    public var keyRange: KeyRange { self }
}

extension Range: KeyRangeExpression where Bound == String {
    public var keyRange: KeyRange { KeyRange(self) }
}

extension ClosedRange: KeyRangeExpression where Bound == String {
    public var keyRange: KeyRange { KeyRange(self) }
}

extension PartialRangeFrom: KeyRangeExpression where Bound == String {
    public var keyRange: KeyRange { KeyRange(self) }
}

extension PartialRangeUpTo: KeyRangeExpression where Bound == String {
    public var keyRange: KeyRange { KeyRange(self) }
}

extension PartialRangeThrough: KeyRangeExpression where Bound == String {
    public var keyRange: KeyRange { KeyRange(self) }
}
