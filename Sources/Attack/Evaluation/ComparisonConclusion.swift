import Foundation

/// The plain words for what a comparison shows: of each difference its size, its interval, and whether it can be told
/// from none.
struct ComparisonConclusion {
  let rows: [Comparison.Row]
  let trials: Int

  /// The algorithm that learns from captions.
  static let multimodal = "clip"
  /// What every algorithm can be asked.
  static let images = "image-image"

  private var attacks: [Comparison.Row] { rows.filter { !$0.isControl } }

  /// The attack with the largest mean area among some.
  private func best(_ candidates: [Comparison.Row]) -> Comparison.Row? {
    candidates.max { $0.auc.summary.mean < $1.auc.summary.mean }
  }

  var text: String {
    ([onImages, onPairs].compactMap { $0 } + doubts).joined(separator: " ")
  }

  /// The same attack on the image encoders: with captions beside the leakiest without.
  private var onImages: String? {
    let onImages = attacks.filter { $0.features == ComparisonConclusion.images }
    let own = onImages.filter { $0.algorithm == ComparisonConclusion.multimodal }
    guard let clip = best(own),
      let other = best(
        onImages.filter { $0.algorithm != ComparisonConclusion.multimodal && $0.attack == clip.attack })
    else { return nil }
    let difference = clip.auc.minus(other.auc)
    return
      "Asked about images alone (\(clip.attack)), the encoder trained with captions gave AUC "
      + "\(percent(clip.auc)), the leakiest of those trained without, \(other.algorithm), \(percent(other.auc)): "
      + "\(verdict(difference, more: "training with captions leaked more", less: "training with captions leaked less"))."
  }

  /// The best that captions allow beside the best without.
  private var onPairs: String? {
    let withCaptions = attacks.filter {
      $0.algorithm == ComparisonConclusion.multimodal && $0.features != ComparisonConclusion.images
    }
    let without = attacks.filter { $0.algorithm != ComparisonConclusion.multimodal }
    guard let pair = best(withCaptions), let image = best(without) else { return nil }
    let difference = pair.auc.minus(image.auc)
    return
      "Asked with the captions as well, its best attack (\(pair.attack) on \(pair.features), of \(withCaptions.count)) "
      + "reached AUC \(percent(pair.auc)), the best on encoders trained without (\(image.attack) on \(image.algorithm), "
      + "of \(without.count)) \(percent(image.auc)): "
      + verdict(
        difference, more: "who holds image and caption learns more from it", less: "even so it gave away less"
      ) + "."
  }

  /// Controls that found something, which weakens what was said.
  private var doubts: [String] {
    rows.filter { $0.isControl && ($0.auc.estimate?.isAbove(0.5) ?? false) }.map {
      "The control \($0.attack) on \($0.algorithm) beat chance (AUC \(percent($0.auc))), so part of this lies in the data."
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
