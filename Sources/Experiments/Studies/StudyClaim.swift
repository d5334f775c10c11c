import Attack
import Files

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

extension StudyResults {
  /// How an ordering of the paper came out here.
  public struct Ordering: Codable, Sendable, Equatable {
    /// What may be said of it.
    public enum Verdict: String, Codable, Sendable, CaseIterable {
      /// The whole interval of the difference is on the paper's side.
      case reproduced
      /// The whole interval is on the other side.
      case contradicted
      /// The interval covers none, or there is none.
      case open
    }

    /// What the paper says.
    public let claim: String
    /// What it says it of.
    public let measure: StudyClaim.Measure
    /// The value that it says is the higher, by trial.
    public let higher: TrialInterval
    /// The other one.
    public let lower: TrialInterval
    /// Their difference, trial by trial.
    public let difference: TrialInterval
    /// What the verdict on accuracies of a single trial rests on; nil where there are several trials, or the measure is
    /// another.
    @OrNull public private(set) var areas: Areas?
    /// How it came out: by the difference's interval over trials, or of a single trial by whether the intervals of both
    /// areas over inputs have nothing in common.
    public let verdict: Verdict

    /// Areas under the ROC curves of the two attacks of a single trial, each with its interval over inputs.
    public struct Areas: Codable, Sendable, Equatable {
      /// Where the paper says that more is told rightly.
      public let higher: Estimate
      /// The other one.
      public let lower: Estimate
    }

    init?(_ claim: StudyClaim, in cells: [Cell]) {
      func cell(_ place: StudyClaim.Place) -> Cell? { cells.first { $0.name == place.cell } }
      func row(_ place: StudyClaim.Place) -> Row? {
        cell(place)?.attacks.first { $0.attack == place.attack }
      }
      func value(_ place: StudyClaim.Place) -> TrialInterval? {
        switch claim.measure {
        case .accuracy: return row(place)?.accuracy
        case .usefulness: return cell(place)?.target.utility
        case .gap: return cell(place)?.similarities.map { $0.members.minus($0.nonmembers) }
        }
      }
      guard let higher = value(claim.higher), let lower = value(claim.lower),
        higher.values.count == lower.values.count
      else { return nil }
      let difference = higher.minus(lower)
      var (verdict, areas) = (Verdict.open, Areas?.none)
      if let estimate = difference.estimate {
        verdict = estimate.isAbove(0) ? .reproduced : estimate.high < 0 ? .contradicted : .open
      } else if higher.values.count == 1, claim.measure == .accuracy,
        let first = row(claim.higher)?.aucByTrial.first, let second = row(claim.lower)?.aucByTrial.first
      {
        areas = Areas(higher: first, lower: second)
        verdict =
          first.isAbove(second.high) ? .reproduced : second.isAbove(first.high) ? .contradicted : .open
      }
      (self.claim, measure, self.higher, self.lower) = (claim.text, claim.measure, higher, lower)
      (self.difference, self.verdict, self.areas) = (difference, verdict, areas)
    }
  }
}
