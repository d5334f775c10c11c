import TestSupport
import Testing

@testable import Kernels

@Suite("Winograd convolution") struct WinogradConvolutionTests {
  /// Every class of shapes: whole and cut tiles, single images and many blocks of tiles, channels that fill blocks and
  /// vectors and panels or do not, paddings from 0 to 2, images smaller than a tile.
  static let cases =
    ConvolutionCase.winograd
    + ConvolutionCase.many.filter { $0.kernel == 3 && ($0.stride == 1 || $0.padding == 1) } + [
      ConvolutionCase(batch: 1, inputs: 16, outputs: 16, height: 4, width: 4),
      ConvolutionCase(batch: 1, inputs: 64, outputs: 64, height: 1, width: 1),
      ConvolutionCase(batch: 1, inputs: 48, outputs: 17, height: 3, width: 10),
      ConvolutionCase(batch: 1, inputs: 256, outputs: 80, height: 8, width: 8),
      ConvolutionCase(batch: 3, inputs: 24, outputs: 40, height: 7, width: 9, padding: 0),
      ConvolutionCase(batch: 3, inputs: 40, outputs: 24, height: 6, width: 5, padding: 2),
      ConvolutionCase(batch: 2, inputs: 16, outputs: 16, height: 37, width: 43),
      ConvolutionCase(batch: 7, inputs: 32, outputs: 16, height: 32, width: 32),
      ConvolutionCase(batch: 41, inputs: 32, outputs: 32, height: 6, width: 6),
      ConvolutionCase(inputs: 16, outputs: 32, height: 32, width: 32, stride: 2),
      ConvolutionCase(batch: 1, inputs: 64, outputs: 80, height: 16, width: 16, stride: 2),
      ConvolutionCase(batch: 1, inputs: 33, outputs: 20, height: 13, width: 22, stride: 2),
      ConvolutionCase(batch: 40, inputs: 32, outputs: 16, height: 15, width: 9, stride: 2),
    ]

  /// Of the largest value; ten times what direct sums of float32 keep within would be 3e-5.
  static let tolerance = 1e-5

  private func convolutions(_ size: ConvolutionCase) -> [WinogradConvolution] {
    let shape = ConvolutionShape(
      input: size.inputShape, weight: size.weightShape, stride: size.stride, padding: size.padding)
    return Set([8, WinogradConvolution.widestLanes]).sorted().map {
      WinogradConvolution(shape: shape, lanes: $0)
    }
  }

  @Test("The output equals that of seven loops", arguments: cases)
  func forward(size: ConvolutionCase) {
    let expected = size.naiveOutput
    for convolution in convolutions(size) {
      let output = convolution.forward(size.input, size.weight)
      #expect(output.shape == size.outputShape)
      #expect(relativeError(output, expected) < Self.tolerance)
    }
  }

  @Test("The input's gradient equals that of seven loops", arguments: cases)
  func inputGradient(size: ConvolutionCase) {
    let expected = size.naiveInputGradient
    for convolution in convolutions(size) {
      let gradient = convolution.inputGradient(size.outputGradient, size.weight)
      #expect(gradient.shape == size.inputShape)
      #expect(relativeError(gradient, expected) < Self.tolerance)
    }
  }

  @Test("The weight's gradient equals that of seven loops and is added to what is there", arguments: cases)
  func weightGradient(size: ConvolutionCase) {
    let before = sample(size.weightShape, seed: 4)
    let expected = zip(before.values, size.naiveWeightGradient).map { Double($0) + $1 }
    for convolution in convolutions(size) {
      let gradient = before.copy()
      convolution.weightGradient(size.input, size.outputGradient, addingTo: gradient)
      #expect(relativeError(gradient, expected) < Self.tolerance)
    }
  }

  @Test("Bias, residual and ReLU follow the product in one pass", arguments: cases)
  func inference(size: ConvolutionCase) {
    let padded = Layout.blocks(size.outputs) * Layout.block
    let bias = sample([size.outputs], seed: 5).values + [Float](repeating: 0, count: padded - size.outputs)
    let residual = sample(size.outputShape, seed: 6)
    let pixels = size.outputShape[2] * size.outputShape[3]
    let sums = zip(size.naiveOutput, residual.values).enumerated().map { index, pair in
      pair.0 + Double(pair.1) + Double(bias[index / pixels % size.outputs])
    }
    for convolution in convolutions(size) {
      for relu in [false, true] {
        let output = residual.blocked().copy()
        convolution.inference(
          size.input, weight: size.weight, ready: relu ? convolution.transformed(size.weight) : nil,
          bias: Tensor(bias, shape: [padded]), addingOutput: true, relu: relu, into: output)
        #expect(relativeError(output, sums.map { relu ? max($0, 0) : $0 }) < Self.tolerance)
      }
    }
  }

  @Test(
    "Large weights, transformed in parts, give the same bits as those transformed at once", arguments: [1, 2])
  func parts(stride: Int) {
    let size = ConvolutionCase(
      batch: 2, inputs: 272, outputs: 528, height: 4 * stride, width: 4 * stride, stride: stride)
    for convolution in convolutions(size) {
      let output = Tensor(uninitialized: size.outputShape, layout: .blocked)
      convolution.inference(
        size.input, weight: size.weight, ready: convolution.transformed(size.weight), bias: nil,
        addingOutput: false, relu: false, into: output)
      #expect(convolution.forward(size.input, size.weight).values == output.values)
      #expect(relativeError(output, size.naiveOutput) < Self.tolerance)
      let gradient = convolution.inputGradient(size.outputGradient, size.weight)
      #expect(relativeError(gradient, size.naiveInputGradient) < Self.tolerance)
      let weightGradient = Tensor(zeros: size.weightShape)
      convolution.weightGradient(size.input, size.outputGradient, addingTo: weightGradient)
      #expect(relativeError(weightGradient, size.naiveWeightGradient) < Self.tolerance)
    }
  }

  @Test("The number of threads changes no bit", arguments: cases)
  func threads(size: ConvolutionCase) {
    for convolution in convolutions(size) {
      let found = bits(threads: [1, 2, 3, 7]) {
        let gradient = Tensor(zeros: size.weightShape)
        convolution.weightGradient(size.input, size.outputGradient, addingTo: gradient)
        return gradient.values + convolution.forward(size.input, size.weight).values
          + convolution.inputGradient(size.outputGradient, size.weight).values
      }
      #expect(found.allSatisfy { $0 == found[0] })
    }
  }

  @Test("A value that is not a number comes out as one, ReLU or not")
  func notANumber() {
    let size = ConvolutionCase(batch: 1, inputs: 16, outputs: 16, height: 4, width: 4)
    let input = size.input
    input.pointer[0] = .nan
    for convolution in convolutions(size) {
      let output = Tensor(uninitialized: size.outputShape, layout: .blocked)
      convolution.inference(
        input, weight: size.weight, bias: nil, addingOutput: false, relu: true, into: output)
      #expect(output.values[0].isNaN)
    }
  }
}
