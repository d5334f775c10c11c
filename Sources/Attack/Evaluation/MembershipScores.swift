import Data
import Files

/// What a classifier says about the members and nonmembers it is tested on.
///
/// A higher score is a surer member. A score orders inputs; it is no probability.
public struct MembershipScores: Sendable, Equatable {
  /// Scores by group.
  public let groups: MembershipGroups<[Double]>
  /// An input is taken for a member if its score is at least this.
  public let threshold: Double

  /// Scores of both groups with the classifier's own decision threshold.
  /// - Throws: ``EvaluationError`` when a group is empty or a score is not finite.
  public init(_ groups: MembershipGroups<[Double]>, threshold: Double) throws {
    for (name, scores) in [("members", groups.members), ("nonmembers", groups.nonmembers)] {
      if scores.isEmpty { throw EvaluationError.emptyGroup(name) }
      if let index = scores.firstIndex(where: { !$0.isFinite }) {
        throw EvaluationError.notFinite(group: name, index: index)
      }
    }
    if !threshold.isFinite { throw EvaluationError.notFinite(group: "threshold", index: 0) }
    self.groups = groups
    self.threshold = threshold
  }

  /// Scores in single precision, as classifiers give them.
  /// - Throws: ``EvaluationError`` when a group is empty or a score is not finite.
  public init(_ groups: MembershipGroups<[Float]>, threshold: Float) throws {
    try self.init(groups.map { $0.map(Double.init) }, threshold: Double(threshold))
  }

  /// How many of each group are taken for members at a threshold.
  public func predictedMembers(at threshold: Double) -> MembershipGroups<Int> {
    groups.map { scores in scores.reduce(0) { $0 + ($1 >= threshold ? 1 : 0) } }
  }

  /// The curve of all thresholds.
  public var roc: ROCCurve { ROCCurve(self) }
}

/// Why scores could not be evaluated.
public enum EvaluationError: ExplainedError {
  /// A group has no scores.
  case emptyGroup(String)
  /// A score is not a finite number.
  case notFinite(group: String, index: Int)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .emptyGroup(let group):
      return "there are no scores of \(group); an evaluation needs at least one member and one nonmember"
    case .notFinite(let group, let index):
      return
        "score \(index) of \(group) is not a finite number; check the encoder's embeddings and the classifier"
    }
  }
}
