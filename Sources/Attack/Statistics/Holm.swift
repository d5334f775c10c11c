/// Holm's correction for several tests at once (Holm 1979).
enum Holm {
  /// Adjusted p-values, in the order given: rejecting those at most alpha is wrong anywhere with probability at most
  /// alpha, whatever the tests have to do with each other.
  ///
  /// The k-th smallest of m values becomes its (m - k + 1)-fold, at least what those before it became, at most 1.
  static func adjusted(_ values: [Double]) -> [Double] {
    var (result, least) = (values, 0.0)
    for (place, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
      least = max(least, min(1, values[index] * Double(values.count - place)))
      result[index] = least
    }
    return result
  }
}
