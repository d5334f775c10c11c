import Attack
import Data
import Files

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
    /// What the verdict on an attack in a single trial rests on, in place of accuracies; nil where there are several
    /// trials, or the measure is another.
    @OrNull public private(set) var areas: Areas?
    /// How it came out: by the difference's interval over trials, or of a single trial by that of the areas' difference
    /// over inputs, or where inputs are not the same by whether the intervals of both areas have nothing in common.
    public let verdict: Verdict

    /// Areas under the ROC curves of the two attacks of a single trial, each with its interval over inputs.
    public struct Areas: Codable, Sendable, Equatable {
      /// Where the paper says that more is told rightly.
      public let higher: Estimate
      /// The other one.
      public let lower: Estimate
      /// The first less the second with DeLong's interval; nil where they are not of the same inputs, or nothing varies.
      @OrNull public private(set) var difference: Estimate?

      init(
        _ higher: (area: Estimate, scores: MembershipGroups<[ScoresFile.Scored]>?),
        _ lower: (area: Estimate, scores: MembershipGroups<[ScoresFile.Scored]>?)
      ) throws {
        (self.higher, self.lower) = (higher.area, lower.area)
        guard let first = higher.scores, let second = lower.scores,
          first.map({ $0.map(\.input) }) == second.map({ $0.map(\.input) })
        else { return }
        func scores(_ scored: MembershipGroups<[ScoresFile.Scored]>) throws -> MembershipScores {
          // Areas do not depend on where the line is drawn.
          try MembershipScores(scored.map { $0.map(\.score) }, threshold: 0)
        }
        let found = PairedComparison.differences([("", try scores(first), try scores(second))])[0].auc
        if let low = found.low, let high = found.high {
          difference = Estimate(value: found.value, low: low, high: high)
        }
      }

      var verdict: Verdict {
        if let difference {
          return difference.isAbove(0) ? .reproduced : difference.high < 0 ? .contradicted : .open
        }
        return higher.isAbove(lower.high) ? .reproduced : lower.isAbove(higher.high) ? .contradicted : .open
      }
    }

    /// - Parameter scores: those of the target's inputs, by an attack's name in the folder of a trial.
    init?(
      _ claim: StudyClaim, in cells: [Cell],
      scores: (_ attack: String, _ folder: String) throws -> MembershipGroups<[ScoresFile.Scored]>? = {
        _, _ in
        nil
      }
    ) throws {
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
        func found(_ place: StudyClaim.Place) throws -> MembershipGroups<[ScoresFile.Scored]>? {
          guard let row = row(place), let trial = cell(place)?.trials.first else { return nil }
          return try scores(row.name, trial.folder)
        }
        let both = try Areas((first, found(claim.higher)), (second, found(claim.lower)))
        (areas, verdict) = (both, both.verdict)
      }
      (self.claim, measure, self.higher, self.lower) = (claim.text, claim.measure, higher, lower)
      (self.difference, self.verdict, self.areas) = (difference, verdict, areas)
    }
  }
}
