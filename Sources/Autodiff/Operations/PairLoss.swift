import Foundation
import Kernels

/// The contrastive loss of a batch of pairs, with how often each side found its partner.
public struct PairLoss {
  /// The mean loss in nats, a single number.
  public let variable: Variable
  /// The share of images whose own text scores highest among all texts, from 0 to 1.
  public let imageAccuracy: Float
  /// The share of texts whose own image scores highest among all images, from 0 to 1.
  public let textAccuracy: Float

  /// The mean loss in nats.
  public var value: Float { variable.value.scalar }
}

extension Tape {
  /// The greatest factor that a learned logit scale gives (Radford et al. 2021, section 2.5).
  public static let greatestLogitScale: Float = 100

  /// CLIP's symmetric loss (Radford et al. 2021, figure 3): the mean of two cross-entropies over the matrix of cosine
  /// similarities times min(exp(logit scale), 100): each image must find its text, and each text its image.
  ///
  /// Where the factor is cut off, no gradient flows to the logit scale, as with PyTorch's clamp.
  /// - Parameters:
  ///   - images: `[pairs, width]`, of any length; they are normalised here.
  ///   - texts: `[pairs, width]`, row i belonging to image i.
  ///   - logitScale: the logarithm of the factor, `[1]`.
  public func clipLoss(images: Variable, texts: Variable, logitScale: Variable) -> PairLoss {
    precondition(
      images.value.shape == texts.value.shape && images.value.shape.count == 2 && logitScale.value.count == 1,
      "Tape.clipLoss: images \(images.value.shape), texts \(texts.value.shape), scale \(logitScale.value.shape)"
    )
    let (x, y) = (normalisedRows(images), normalisedRows(texts))
    let factor = exp(logitScale.value.scalar)
    let scale = min(factor, Tape.greatestLogitScale)
    let targets = Array(0..<images.value.shape[0])
    let byImage = SoftmaxCrossEntropy(
      consuming: matrixProduct(x.value, y.value, transposeRight: true, scale: scale), targets: targets)
    let byText = SoftmaxCrossEntropy(
      consuming: matrixProduct(y.value, x.value, transposeRight: true, scale: scale), targets: targets)
    let loss = Tensor([(byImage.loss + byText.loss) / 2], shape: [1])
    let variable = record(loss, from: [x, y, logitScale]) { gradients in
      let share = scale / 2 * gradients.total.scalar
      // L = scale·X·Yᵀ, and the second matrix of logits is its transpose.
      let toImages = matrixProduct(byImage.gradient, y.value, scale: share)
      addMatrixProduct(byText.gradient, y.value, transposeLeft: true, scale: share, to: toImages)
      let toTexts = matrixProduct(byText.gradient, x.value, scale: share)
      addMatrixProduct(byImage.gradient, x.value, transposeLeft: true, scale: share, to: toTexts)
      if factor <= Tape.greatestLogitScale {
        // dL/d(log scale) = L, and the sum of G·L over all pairs is that of each image's gradient along its own row.
        logitScale.withTarget {
          let slope = Rows.dots(toImages, x.value).values.reduce(0.0) { $0 + Double($1) }
          Pointwise.add(Tensor([Float(slope)], shape: $0.shape), to: $0)
        }
      }
      x.accumulate(toImages)
      y.accumulate(toTexts)
    }
    return PairLoss(variable: variable, imageAccuracy: byImage.accuracy, textAccuracy: byText.accuracy)
  }
}
