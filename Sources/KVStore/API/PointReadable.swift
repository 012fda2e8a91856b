extension Update: PointReadable {}
extension Namespace: PointReadable {}
extension Snapshot: PointReadable {}
extension Transaction: PointReadable {}
