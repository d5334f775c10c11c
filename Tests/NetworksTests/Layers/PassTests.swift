import Autodiff
import Kernels
import Testing

@testable import Networks

@Suite("Pass") struct PassTests {
  @Test("A layer that is used twice adds both gradients to the arena")
  func sharedLayer() throws {
    let (layer, store) = try fresh { try LinearLayer($0, inputs: 2, outputs: 2, hasBias: false) }
    func gradient(_ uses: Int) -> [Float] {
      store.clearGradients()
      let tape = Tape()
      let pass = Pass(store, .training, tape: tape)
      let x = tape.constant(Tensor([1, 2], shape: [1, 2]))
      let output = (1..<uses).reduce(layer(x, pass)) { sum, _ in tape.sum(sum, layer(x, pass)) }
      tape.backward(from: output, gradient: Tensor([1, -1], shape: [1, 2]))
      return store.gradient(store.parameters[0]).values
    }
    #expect(gradient(1) == [1, 2, -1, -2])
    #expect(gradient(2) == [2, 4, -2, -4])
    #expect(gradient(3) == [3, 6, -3, -6])
  }

  @Test("A tape that does not record leaves the gradients alone")
  func notRecording() throws {
    let (layer, store) = try fresh { try LinearLayer($0, inputs: 2, outputs: 2) }
    let pass = Pass.inference(store)
    #expect(!layer(pass.tape.input(Tensor(zeros: [1, 2])), pass).isTracked)
  }

  @Test("A pass for input gradients gives those of any inference, and leaves parameters without any")
  func inputGradients() throws {
    let ((convolution, norm, linear), store) = try fresh { builder in
      let convolution = try ConvolutionNorm(
        convolution: builder.at("conv"), norm: builder.at("bn"), inputs: 3, outputs: 5, kernel: 3)
      let norm = try LayerNormLayer(builder.at("ln"), width: 80)
      return (convolution, norm, try LinearLayer(builder.at("head"), inputs: 80, outputs: 4))
    }
    let images = Tensor((0..<96).map { Float($0 * 37 % 19) / 10 - 1 }, shape: [2, 3, 4, 4])
    func gradient(_ makePass: (Tape) -> Pass) -> [Float]? {
      store.clearGradients()
      let tape = Tape()
      let (input, pass) = (tape.input(images), makePass(tape))
      let hidden = norm(tape.reshaped(convolution(input, pass), [2, 80]), pass)
      tape.backward(from: tape.crossEntropy(linear(hidden, pass), targets: [1, 3]).variable)
      return input.gradient?.values
    }
    let expected = try #require(gradient { Pass(store, .inference, tape: $0) })
    #expect(store.parameters.allSatisfy { squaredNorm(store.gradient($0).reshaped([$0.range.count])) > 0 })
    #expect(gradient { Pass.inputGradients(store, tape: $0) } == expected)
    #expect(store.parameters.allSatisfy { store.gradient($0).values.allSatisfy { $0 == 0 } })
    #expect(expected.contains { $0 != 0 })
  }

  @Test("Without a tracked input a pass for input gradients records nothing")
  func nothingTracked() throws {
    let (layer, store) = try fresh { try LinearLayer($0, inputs: 2, outputs: 2) }
    let tape = Tape()
    #expect(!layer(tape.constant(Tensor(zeros: [1, 2])), Pass.inputGradients(store, tape: tape)).isTracked)
  }

  @Test("Two stores with one architecture are used by the same layers")
  func twoStores() throws {
    let (layer, store) = try fresh { try LinearLayer($0, inputs: 2, outputs: 2) }
    let copy = store.copy()
    scale(copy.weights, by: 2)
    func output(_ store: ParameterStore) -> [Float] {
      let pass = Pass.inference(store)
      return layer(pass.tape.constant(Tensor([1, 2], shape: [1, 2])), pass).value.values
    }
    #expect(output(copy) == output(store).map { 2 * $0 })
  }
}
