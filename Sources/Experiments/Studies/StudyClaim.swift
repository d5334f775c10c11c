/// An ordering that the paper found: one cell, or one attack, is higher than another.
public struct StudyClaim: Sendable {
  /// What is compared.
  public enum Measure: String, Codable, Sendable, CaseIterable {
    /// The share of inputs that an attack tells rightly.
    case accuracy
    /// The mean similarity of members less that of nonmembers.
    case gap
    /// How useful the target is, as a share.
    case usefulness

    /// Whether its values are shares, which tables give in percent.
    public var isShare: Bool { self != .gap }
  }

  /// A cell by its name, and an attack by its own.
  public struct Place: Sendable {
    let cell: String
    let attack: String
  }

  let text: String
  let measure: Measure
  let higher: Place
  let lower: Place

  /// That one attack in one cell has a higher accuracy than another in another.
  static func accuracy(
    _ text: String, _ higher: (cell: String, attack: String), over lower: (cell: String, attack: String)
  ) -> StudyClaim {
    StudyClaim(
      text: text, measure: .accuracy, higher: Place(cell: higher.cell, attack: higher.attack),
      lower: Place(cell: lower.cell, attack: lower.attack))
  }

  /// That the accuracy of each of some attacks is higher in one cell than in another.
  static func accuracies(
    of attacks: [String], _ higher: String, over lower: String
  ) -> [StudyClaim] {
    attacks.map { attack in
      accuracy("\(attack): \(higher) above \(lower)", (higher, attack), over: (lower, attack))
    }
  }

  /// That the gap, or the usefulness, is larger in one cell than in another.
  static func target(_ text: String, _ measure: Measure, _ higher: String, over lower: String) -> StudyClaim {
    StudyClaim(
      text: text, measure: measure, higher: Place(cell: higher, attack: ""),
      lower: Place(cell: lower, attack: ""))
  }
}
