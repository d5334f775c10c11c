import Autodiff
import Foundation
import Kernels

/// Losses over the rows of all processes, with their exact gradients with respect to a process's own rows.
///
/// The gradient with respect to a row also comes from the other processes' rows, which contrast it with theirs. Their log-sum-
/// exps are enough for that, so these are exchanged, three numbers a row, and no gradients.
struct DividedLosses {
  let group: ProcessGroup
  /// Images of each process, by rank.
  let images: [Int]

  init(_ group: ProcessGroup, total: Int) {
    (self.group, images) = (group, group.shares(of: total).map(\.count))
  }

  /// NT-Xent as ``Tape/ntXent(_:temperature:)`` computes it, of two views of each image of all processes.
  ///
  /// With M rows Z in all and S = Z·Zᵀ/τ without its diagonal: 1/(Mτ) · (exp(S - ρ) + exp(S - ρᵀ) - 2E)·Z.
  /// - Parameters:
  ///   - projections: of this process's images, of any length, two rows each.
  ///   - partners: of each row the row with the same image's other view.
  func ntXent(_ projections: Tensor, partners: [Int], temperature: Float) -> (Tensor, StepResult) {
    let (own, inverseNorms) = Rows.normalised(projections)
    let counts = images.map { 2 * $0 }
    let all = group.gatherRows(own, counts: counts)
    let before = counts[..<group.rank].reduce(0, +)
    let rows = LogitRows(
      consuming: matrixProduct(own, all, transposeRight: true, scale: 1 / temperature),
      targets: partners.map { before + $0 }, excluded: partners.indices.map { before + $0 })
    let summary = group.gatherRows(rows.summary, counts: counts)
    let slopes = rows.gradient(columns: logSums(of: summary))
    let gradient = matrixProduct(slopes, all, scale: 1 / (temperature * Float(all.shape[0])))
    return (
      Rows.normalisedGradient(gradient, unit: own, inverseNorms: inverseNorms), result(of: [summary])
    )
  }

  /// CLIP's loss as ``Tape/clipLoss(images:texts:logitScale:)`` computes it, of the pairs of all processes.
  ///
  /// With N rows U and V in all, S = s·U·Vᵀ, ρ of its rows and κ of its columns: with respect to the own rows of U
  /// s/(2N) · (exp(S - ρ) + exp(S - κᵀ) - 2E)·V, and likewise of V. The sum over all pairs of S times its gradient is that
  /// of each image's gradient along its own row, so that the processes' parts of the scale's gradient add up too.
  /// - Parameters:
  ///   - pictures: of this process's images, of any length.
  ///   - texts: of their captions.
  ///   - logitScale: the logarithm of the factor, and where its gradient is added.
  func clip(
    _ pictures: Tensor, _ texts: Tensor, logitScale: (value: Float, gradient: Tensor)
  ) -> (gradients: [Tensor], result: StepResult) {
    let (u, v) = (Rows.normalised(pictures), Rows.normalised(texts))
    let (allU, allV) = (
      group.gatherRows(u.unit, counts: images), group.gatherRows(v.unit, counts: images)
    )
    let factor = exp(logitScale.value)
    let scale = min(factor, Tape.greatestLogitScale)
    let before = images[..<group.rank].reduce(0, +)
    let targets = (0..<u.unit.shape[0]).map { before + $0 }
    func rows(_ own: Tensor, _ others: Tensor) -> LogitRows {
      LogitRows(
        consuming: matrixProduct(own, others, transposeRight: true, scale: scale), targets: targets)
    }
    let (byImage, byText) = (rows(u.unit, allV), rows(v.unit, allU))
    let summaries = [byImage, byText].map { group.gatherRows($0.summary, counts: images) }
    let share = scale / (2 * Float(allU.shape[0]))
    let toImages = matrixProduct(
      byImage.gradient(columns: logSums(of: summaries[1])), allV, scale: share)
    let toTexts = matrixProduct(byText.gradient(columns: logSums(of: summaries[0])), allU, scale: share)
    if factor <= Tape.greatestLogitScale {
      let slope = Rows.dots(toImages, u.unit).values.reduce(0.0) { $0 + Double($1) }
      Pointwise.add(Tensor([Float(slope)], shape: logitScale.gradient.shape), to: logitScale.gradient)
    }
    return (
      [
        Rows.normalisedGradient(toImages, unit: u.unit, inverseNorms: u.inverseNorms),
        Rows.normalisedGradient(toTexts, unit: v.unit, inverseNorms: v.inverseNorms),
      ], result(of: summaries)
    )
  }

  private func logSums(of summary: Tensor) -> Tensor {
    Rows.columns(summary, 0..<1).reshaped([summary.shape[0]])
  }

  /// Mean loss and accuracy of all rows, added in their order: the same on all processes.
  private func result(of summaries: [Tensor]) -> StepResult {
    var (loss, hits, count) = (0.0, 0.0, 0)
    for summary in summaries {
      let values = summary.values
      count += summary.shape[0]
      for row in stride(from: 0, to: values.count, by: 3) {
        loss += Double(values[row + 1])
        hits += Double(values[row + 2])
      }
    }
    return StepResult(loss: Float(loss / Double(count)), accuracy: Float(hits / Double(count)))
  }
}
