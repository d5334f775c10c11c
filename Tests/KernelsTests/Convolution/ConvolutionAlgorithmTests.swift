import TestSupport
import Testing

@testable import Kernels

@Suite("Convolution algorithms") struct ConvolutionAlgorithmTests {
  private func shape(_ size: ConvolutionCase) -> ConvolutionShape {
    ConvolutionShape(
      input: size.inputShape, weight: size.weightShape, stride: size.stride, padding: size.padding)
  }

  @Test("The written-out matrix gives what seven loops give", arguments: [1, 2, 3, 4])
  func dense(side: Int) {
    for stride in [1, 2] {
      let size = ConvolutionCase(
        batch: 3, inputs: 2 * Layout.block, outputs: Layout.block, height: side, width: side, stride: stride)
      let dense = DenseConvolution(shape: shape(size))
      #expect(
        relativeError(dense.forward(size.input, matrix: dense.matrix(size.weight)), size.naiveOutput) < 3e-6)
      #expect(
        relativeError(
          dense.inputGradient(size.outputGradient, matrix: dense.matrix(size.weight)), size.naiveInputGradient
        )
          < 3e-6)
      let gradient = Tensor(zeros: size.weightShape)
      dense.weightGradient(size.input, size.outputGradient, addingTo: gradient)
      #expect(relativeError(gradient, size.naiveWeightGradient) < 3e-6)
    }
  }

  @Test(
    "Winograd is chosen for sixteen channels and at least one whole tile, never for few or for strides above 2"
  )
  func rule() {
    func preferred(_ size: ConvolutionCase) -> ConvolutionAlgorithm {
      ConvolutionAlgorithm.preferred(shape(size), .forward)
    }
    for size in ConvolutionCase.winograd { #expect(preferred(size) == .winograd) }
    for size in ConvolutionCase.few { #expect(preferred(size) == .direct) }
    #expect(preferred(ConvolutionCase(inputs: 64, outputs: 64, height: 8, width: 8, stride: 2)) == .winograd)
    #expect(preferred(ConvolutionCase(inputs: 64, outputs: 64, height: 6, width: 6, stride: 2)) == .direct)
    #expect(preferred(ConvolutionCase(inputs: 64, outputs: 64, height: 16, width: 16, stride: 4)) == .direct)
    #expect(preferred(ConvolutionCase(inputs: 64, outputs: 64, height: 2, width: 2)) == .dense)
    #expect(preferred(ConvolutionCase(inputs: 65, outputs: 64, height: 2, width: 2)) == .direct)
  }

  @Test(
    "Windows copied to columns give what seven loops give",
    arguments: ConvolutionCase.few + ConvolutionCase.many)
  func columns(size: ConvolutionCase) {
    let columns = Im2ColConvolution(shape: shape(size))
    #expect(relativeError(columns.forward(size.input, size.weight), size.naiveOutput) < 3e-6)
    #expect(
      relativeError(columns.inputGradient(size.outputGradient, size.weight), size.naiveInputGradient) < 3e-6)
    let gradient = Tensor(zeros: size.weightShape)
    columns.weightGradient(size.input, size.outputGradient, addingTo: gradient)
    #expect(relativeError(gradient, size.naiveWeightGradient) < 3e-6)
  }

  #if oneDNN
    @Test("oneDNN's direct and Winograd kernels agree in all directions", arguments: ConvolutionCase.winograd)
    func directAndWinograd(size: ConvolutionCase) {
      let shape = shape(size)
      func results(_ algorithm: ConvolutionAlgorithm) -> [Tensor] {
        let gradient = Tensor(zeros: size.weightShape)
        DNNLConvolution.cached(shape, .weightGradient, algorithm)
          .weightGradient(size.input, size.outputGradient, addingTo: gradient)
        return [
          DNNLConvolution.cached(shape, .forward, algorithm).forward(size.input, size.weight),
          DNNLConvolution.cached(shape, .inputGradient, algorithm)
            .inputGradient(size.outputGradient, size.weight),
          gradient,
        ]
      }
      for (direct, winograd) in zip(results(.direct), results(.dnnlWinograd)) {
        #expect(relativeError(winograd, direct) < 3e-5)
      }
    }

    @Test("Each number of threads has a compiled convolution of its own")
    func threads() {
      let shape = shape(ConvolutionCase.winograd[0])
      let before = Threads.count
      defer { Threads.set(before) }
      Threads.set(1)
      let one = DNNLConvolution.cached(shape, .forward, .direct)
      Threads.set(2)
      #expect(DNNLConvolution.cached(shape, .forward, .direct) !== one)
    }
  #endif
}
