import Autodiff
import Kernels

/// Sets values to zero at random in training and scales the others up, so that means stay (Srivastava et al. 2014).
public struct Dropout: Sendable {
  private let probability: Float

  /// - Parameter probability: of a value to be dropped, in [0, 1).
  public init(_ probability: Float) {
    precondition(probability >= 0 && probability < 1, "Dropout: probability \(probability) outside [0, 1)")
    self.probability = probability
  }

  /// - Parameter random: where the mask is drawn from; not used in inference.
  public func callAsFunction(_ input: Variable, _ pass: Pass, random: inout RandomStream) -> Variable {
    guard pass.phase == .training, probability > 0 else { return input }
    let kept = 1 / (1 - probability)
    let mask = (0..<input.value.count).map { _ in random.uniform() < probability ? 0 : kept }
    return pass.tape.masked(input, by: Tensor(mask, shape: input.value.shape))
  }
}
