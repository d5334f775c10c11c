import Autodiff
import Encoders
import Files
import Kernels

/// How adversarial examples are crafted: projected gradient descent in the maximum norm (Madry et al., ICLR 2018).
public struct AdversarialSettings: Codable, Sendable, Equatable, Validated {
  /// ε: how far a colour may get from the picture's, of colours in [0, 1]; 8/255 in the paper.
  public var radius: Double
  /// How far a colour moves in a step; 2/255, a quarter of the radius.
  public var step: Double
  /// The number of steps, at least 1; 10.
  public var steps: Int
  /// k: how many classes are aimed at, each by an example of its own, at least 1; of fewer classes all, of more the
  /// first. 10, all of CIFAR-10's.
  public var targets: Int
  /// Whether the examples of the target's inputs are crafted on the target itself, whose weights must be at hand; else on
  /// the shadow, for want of the target's gradients.
  public var isWhiteBox: Bool

  /// Settings of the examples.
  public init(
    radius: Double = 8.0 / 255, step: Double = 2.0 / 255, steps: Int = 10, targets: Int = 10,
    isWhiteBox: Bool = false
  ) {
    (self.radius, self.step, self.steps, self.targets) = (radius, step, steps, targets)
    self.isWhiteBox = isWhiteBox
  }

  /// Checks the fields.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) {
    try require(radius > 0 && radius <= 1, "radius", radius, "above 0 and at most 1")
    try require(step > 0 && step <= 1, "step", step, "above 0 and at most 1")
    try require(steps >= 1, "steps", steps, "1 or more")
    try require(targets >= 1, "targets", targets, "1 or more")
  }
}

extension DownstreamClassifier {
  /// Pictures near some pictures that this classifier, downstream of an encoder, takes for other classes.
  ///
  /// From the picture x each step goes against the sign of the gradient of the cross-entropy at the class aimed at,
  /// within ε of x and within [0, 1]. The result is rounded to 8 bits.
  /// - Parameter classes: the class that each picture is to be taken for.
  /// - Throws: an error of the encoder.
  func examples(
    near pictures: Pictures, takenFor classes: [Int], by encoder: any DifferentiableEncoder,
    settings: AdversarialSettings
  ) throws -> Pictures {
    let origin = pictures.normalised(.identity)
    let pixels = origin.copy()
    for _ in 0..<settings.steps {
      let gradient = try encoder.inputGradients(of: pixels) { tape, embeddings in
        loss(embeddings, targets: classes, on: tape)
      }
      projectedSignStep(
        pixels, gradient: gradient, around: origin, step: -Float(settings.step),
        radius: Float(settings.radius))
    }
    return Pictures(pixelBytes(pixels), size: pictures.size)
  }
}
