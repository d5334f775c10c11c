import TestSupport
import Testing

@testable import Kernels

@Suite("Convolution") struct ConvolutionTests {
  /// Direct sums in float32 keep within 3e-6 of the largest value. Winograd's algorithm adds in its transforms what partly
  /// cancels: its error may be three times as large.
  static let cases =
    (ConvolutionCase.few + ConvolutionCase.many).map { ($0, 3e-6) }
    + ConvolutionCase.winograd.map { ($0, 1e-5) }

  @Test("The output equals that of seven loops", arguments: cases)
  func forward(size: ConvolutionCase, tolerance: Double) {
    let output = Convolution.forward(
      size.input, weight: size.weight, stride: size.stride, padding: size.padding)
    #expect(output.shape == size.outputShape)
    #expect(relativeError(output, size.naiveOutput) < tolerance)
  }

  @Test("The input's gradient equals that of seven loops", arguments: cases)
  func inputGradient(size: ConvolutionCase, tolerance: Double) {
    let gradient = Convolution.inputGradient(
      size.outputGradient, weight: size.weight, inputShape: size.inputShape, stride: size.stride,
      padding: size.padding)
    #expect(gradient.shape == size.inputShape)
    #expect(relativeError(gradient, size.naiveInputGradient) < tolerance)
  }

  @Test("The weight's gradient equals that of seven loops and is added to what is there", arguments: cases)
  func weightGradient(size: ConvolutionCase, tolerance: Double) {
    let gradient = sample(size.weightShape, seed: 4)
    let expected = zip(gradient.values, size.naiveWeightGradient).map { Double($0) + $1 }
    Convolution.addWeightGradient(
      input: size.input, outputGradient: size.outputGradient, to: gradient, stride: size.stride,
      padding: size.padding)
    #expect(relativeError(gradient, expected) < tolerance)
  }

  @Test("Blocked and row-major inputs give the same bits", arguments: cases.map(\.0))
  func layouts(size: ConvolutionCase) {
    func output(_ input: Tensor) -> [Float] {
      Convolution.forward(input, weight: size.weight, stride: size.stride, padding: size.padding).values
    }
    #expect(output(size.input) == output(size.input.blocked()))
  }

  @Test("Channels that only fill a block are zero in outputs and input gradients", arguments: cases.map(\.0))
  func filling(size: ConvolutionCase) {
    let output = Convolution.forward(
      size.input, weight: size.weight, stride: size.stride, padding: size.padding)
    let gradient = Convolution.inputGradient(
      size.outputGradient, weight: size.weight, inputShape: size.inputShape, stride: size.stride,
      padding: size.padding)
    for tensor in [output, gradient] where tensor.layout == .blocked {
      let (pixels, block) = (tensor.shape[2] * tensor.shape[3], Layout.block)
      let blocks = Layout.blocks(tensor.shape[1])
      for index in 0..<Layout.blocked.elements(tensor.shape) {
        let channel = index / (pixels * block) % blocks * block + index % block
        if channel >= tensor.shape[1] { #expect(tensor.pointer[index] == 0) }
      }
    }
  }

  @Test(
    "Repeated calls give the same bits", arguments: [ConvolutionCase.many[2], ConvolutionCase.winograd[0]])
  func repeated(size: ConvolutionCase) {
    func run() -> [Float] {
      let weightGradient = Tensor(zeros: size.weightShape)
      Convolution.addWeightGradient(
        input: size.input, outputGradient: size.outputGradient, to: weightGradient, stride: size.stride,
        padding: size.padding)
      return weightGradient.values
        + Convolution.forward(size.input, weight: size.weight, stride: size.stride, padding: size.padding)
        .values
    }
    let first = run()
    for _ in 0..<3 { #expect(run() == first) }
  }
}
