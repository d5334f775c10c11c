/// The names that a mistyped one may stand for, the nearest first: those that begin like it, and those that at most two
/// changes of a character make of it (Levenshtein's distance), whatever the case.
package func nearest(to typed: String, among names: [String]) -> [String] {
  let typed = Array(typed.lowercased().unicodeScalars)
  let found = names.compactMap { name -> (name: String, distance: Int)? in
    let letters = Array(name.lowercased().unicodeScalars)
    let isBeginning = typed.count >= 3 && (letters.starts(with: typed) || typed.starts(with: letters))
    let distance = isBeginning ? 1 : levenshtein(typed, letters)
    return distance <= min(2, typed.count / 2) ? (name, distance) : nil
  }
  return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.map(\.name)
}

/// The fewest characters inserted, removed or replaced that make one text of another.
private func levenshtein(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  // What somebody typed may be of any length, and is then near to nothing.
  guard abs(a.count - b.count) <= 2 else { return .max }
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let next = min(row[j + 1] + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
      (diagonal, row[j + 1]) = (row[j + 1], next)
    }
  }
  return row[b.count]
}
