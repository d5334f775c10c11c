import Foundation

/// The plain words for what a comparison shows: of each difference its size, its interval, and whether it can be told
/// from none.
struct ComparisonConclusion {
  let rows: [Comparison.Row]
  let trials: Int

  /// The algorithm that learns from captions.
  static let multimodal = "clip"
  /// What every algorithm can be asked.
  static let images = [FeatureSet.imageImage]

  /// The attack that image encoders are compared by; chosen beforehand, so that no choice is made by its outcome.
  static let onImages = InferenceClassifierKind.vector.name
  /// The attack on pairs that is set beside it: the cosine of image and caption.
  static let onPairs = CosineAttack()

  private func attack(
    _ name: String, _ sets: [FeatureSet], on algorithm: String? = nil
  ) -> [Comparison.Row] {
    rows.filter {
      $0.role == .attack && $0.attack == name && $0.sets == sets
        && (algorithm == nil || $0.algorithm == algorithm)
    }
  }

  /// The leakiest of the encoders that were trained without captions.
  private var withoutCaptions: Comparison.Row? {
    attack(ComparisonConclusion.onImages, ComparisonConclusion.images)
      .filter { $0.algorithm != ComparisonConclusion.multimodal }
      .max { $0.auc.summary.mean < $1.auc.summary.mean }
  }

  var text: String { ([imageSentence, pairSentence].compactMap { $0 } + doubts).joined(separator: " ") }

  /// The same attack on the image encoders: with captions beside the leakiest without.
  private var imageSentence: String? {
    let own = attack(
      ComparisonConclusion.onImages, ComparisonConclusion.images, on: ComparisonConclusion.multimodal)
    guard let clip = own.first, let other = withoutCaptions else { return nil }
    let difference = clip.auc.minus(other.auc)
    return
      "Asked about images alone (\(clip.attack)), the encoder trained with captions gave AUC "
      + "\(percent(clip.auc)), the leakier of those trained without, \(other.algorithm), \(percent(other.auc)): "
      + "\(verdict(difference, more: "training with captions leaked more", less: "training with captions leaked less"))."
  }

  /// What captions allow beside the same.
  private var pairSentence: String? {
    let asked = ComparisonConclusion.onPairs
    let own = attack(asked.name, asked.sets, on: ComparisonConclusion.multimodal)
    guard let pair = own.first, let other = withoutCaptions else { return nil }
    let difference = pair.auc.minus(other.auc)
    return
      "Asked about image and training caption (the pair's cosine), it gave AUC \(percent(pair.auc)): "
      + verdict(
        difference, more: "who holds both learns more from it than from any encoder of images",
        less: "even so it gave away less") + "."
  }

  /// Controls of the groups that found something, which weakens what was said; each once.
  private var doubts: [String] {
    var names: Set<String> = []
    return rows.filter { $0.role == .groupControl && ($0.auc.estimate?.isAbove(0.5) ?? false) }.compactMap {
      guard names.insert($0.attack).inserted else { return nil }
      return
        "The control \($0.attack) on \($0.algorithm) beat chance (AUC \(percent($0.auc))), so part of this may lie in the "
        + "data."
    }
  }

  private func verdict(_ difference: TrialInterval, more: String, less: String) -> String {
    let points = String(format: "%+.1f points", 100 * difference.summary.mean)
    guard let estimate = difference.estimate else {
      return "\(points), from one seed, which says nothing of others"
    }
    let interval = String(format: "[%+.1f, %+.1f]", 100 * estimate.low, 100 * estimate.high)
    if estimate.covers(0) {
      return "\(points) \(interval), which \(trials) seeds cannot tell from no difference"
    }
    return "\(points) \(interval) over \(trials) seeds, \(estimate.value > 0 ? more : less)"
  }

  private func percent(_ value: TrialInterval) -> String { value.summary.percent }
}
