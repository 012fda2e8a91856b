/// The value in the middle; of an even number, the upper of the two.
public func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
