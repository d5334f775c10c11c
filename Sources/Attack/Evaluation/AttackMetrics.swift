import Files

/// How well one attack, or one control, infers membership.
///
/// Every value has its 95% interval.
public struct AttackMetrics: Codable, Sendable, Equatable {
  /// Its name in results: an attack's with the feature sets it looks at where there are several.
  public let name: String
  /// The attack's or control's own name, the same whatever it looks at.
  public let attack: String
  /// What the auditor held.
  public let knowledge: CaptionKnowledge
  /// Which family of controls it belongs to; nil for an attack.
  public let family: ControlFamily?
  /// The feature sets that it looks at; none for what never asks an encoder.
  public let sets: [FeatureSet]
  /// Which captions were swapped, if any were.
  public let swap: Swap?
  /// An input is taken for a member if its score is at least this.
  public let threshold: Double
  /// The share of inputs, of both groups, that are told rightly.
  public let accuracy: Estimate
  /// The mean of the shares told rightly in each group.
  public let balancedAccuracy: Estimate
  /// The share of predicted members that are members, given how many were predicted; nil where nobody was.
  @OrNull public private(set) var precision: Estimate?
  /// The share of members that are found.
  public let recall: Estimate
  /// The area under the receiver operating characteristic.
  public let auc: Estimate
  /// The probability of an area at least as large where the true one is one half.
  public let chanceOfArea: Double
  /// The share of members found at the largest realised false positive rate up to 1%.
  public let tprAt1PercentFPR: OperatingPoint
  /// The share of members found at the largest realised false positive rate up to 0.1%.
  public let tprAt01PercentFPR: OperatingPoint

  /// Evaluates scores at the classifier's own decision and over all thresholds; `attack` is `name` where it is not given.
  ///
  /// Accuracy is over both groups together; its exact binomial interval is slightly wide, since group sizes are fixed.
  public init(
    name: String, attack: String? = nil, knowledge: CaptionKnowledge = .imageOnly,
    family: ControlFamily? = nil, sets: [FeatureSet] = [], swap: Swap? = nil, scores: MembershipScores
  ) {
    (self.name, self.attack, self.knowledge) = (name, attack ?? name, knowledge)
    (self.family, self.sets, self.swap) = (family, sets, swap)
    threshold = scores.threshold
    let counts = scores.groups.map(\.count)
    let predicted = scores.predictedMembers(at: scores.threshold)
    let rejected = counts.nonmembers - predicted.nonmembers
    let roc = scores.roc
    let recall = Estimate.rate(predicted.members, of: counts.members)
    accuracy = .rate(predicted.members + rejected, of: counts.members + counts.nonmembers)
    balancedAccuracy = .mean(recall, .rate(rejected, of: counts.nonmembers))
    let positives = predicted.members + predicted.nonmembers
    precision = positives == 0 ? nil : .rate(predicted.members, of: positives)
    self.recall = recall
    auc = scores.auc()
    chanceOfArea = scores.chanceOfArea
    tprAt1PercentFPR = roc.tpr(atMostFPR: 0.01)
    tprAt01PercentFPR = roc.tpr(atMostFPR: 0.001)
  }

  /// The share of nonmembers that are taken for members at the classifier's own decision.
  public var falsePositiveRate: Double { 1 - (2 * balancedAccuracy.value - recall.value) }

  /// Whether the area lies above chance with its whole interval; it does not depend on a threshold that was chosen on
  /// other images.
  public var beatsChance: Bool { auc.isAbove(0.5) }

  /// Which of several controls lie above chance, judged in families: within each the probability that any of them seems
  /// to by mere chance is at most 2.5% (Holm), as it is for a single interval.
  public static func aboveChance(_ controls: [AttackMetrics]) -> [AttackMetrics] {
    let families = Dictionary(grouping: controls.indices) { controls[$0].family }
    var above: Set<Int> = []
    for indices in families.values {
      let adjusted = Holm.adjusted(indices.map { controls[$0].chanceOfArea })
      for (index, value) in zip(indices, adjusted) where value < (1 - Estimate.confidence) / 2 {
        above.insert(index)
      }
    }
    return controls.indices.filter(above.contains).map { controls[$0] }
  }
}
