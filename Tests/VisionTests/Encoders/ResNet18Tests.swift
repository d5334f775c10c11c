import Files
import Autodiff
import Kernels
import Networks
import TestSupport
import Testing

@testable import Vision

@Suite("ResNet-18") struct ResNet18Tests {
  private func build(width: Int, stemStride: Int = 1) throws -> (ResNet18, ParameterStore) {
    try ParameterStore.build(.fresh(RandomStream(seed: 1, name: "weights"))) {
      try ResNet18($0, width: width, stemStride: stemStride)
    }
  }

  private func images(_ count: Int, side: Int) -> Tensor {
    Tensor(GoldenNetwork.pixels(seed: 5, count: count * 3 * side * side), shape: [count, 3, side, side])
  }

  @Test("Width 64 has the published 11.2 million weights below the classifier")
  func parameterCount() throws {
    // torchvision's 11,176,512 with its 7x7 stem of 9,408 weights in place of 1,728 here.
    #expect(try build(width: 64).1.parameters.map(\.range.count).reduce(0, +) == 11_176_512 - 9_408 + 1_728)
  }

  @Test(
    "Embeddings are eight times as wide as the first stage", arguments: [(32, 1), (64, 2), (96, 4), (33, 1)])
  func shape(side: Int, stemStride: Int) throws {
    let (encoder, store) = try build(width: 5, stemStride: stemStride)
    let pass = Pass.inference(store)
    #expect(encoder(pass.tape.constant(images(2, side: side)), pass).value.shape == [2, 40])
  }

  @Test("Inference gives the same embeddings with batch norm folded in or not", arguments: [8, 16, 33])
  func folded(side: Int) throws {
    let (encoder, store) = try build(width: 16)
    let x = images(4, side: side)
    // A training pass moves the running statistics away from their initial values.
    let training = Tape(recording: false)
    _ = encoder(training.constant(x), Pass(store, .training, tape: training))
    let recording = Tape()
    let unfolded = encoder(recording.constant(x), Pass(store, .inference, tape: recording))
    let pass = Pass.inference(store)
    let folded = encoder(pass.tape.constant(x), pass)
    #expect(relativeDistance(folded.value.values, unfolded.value.values) < 3e-5)
  }

  @Test("Inference leaves its images as they are, and repeats itself")
  func repeated() throws {
    let (encoder, store) = try build(width: 16)
    let x = images(4, side: 16)
    let before = x.values
    let pass = Pass.inference(store)
    let first = encoder(pass.tape.constant(x), pass).value.values
    #expect(encoder(pass.tape.constant(x), pass).value.values == first)
    #expect(x.values == before)
  }

  @Test("An image's embedding in inference does not depend on the rest of the batch")
  func independence() throws {
    let (encoder, store) = try build(width: 16)
    let x = images(6, side: 16)
    let pass = Pass.inference(store)
    let all = encoder(pass.tape.constant(x), pass).value
    let some = encoder(pass.tape.constant(x.rows(2..<4)), pass).value
    #expect(relativeDistance(some.values, all.rows(2..<4).values) < 1e-5)
  }

  @Test("After a training step inference uses the new weights and statistics")
  func freshAfterTraining() throws {
    let (encoder, store) = try build(width: 8)
    let x = images(4, side: 16)
    let pass = Pass.inference(store)
    let before = encoder(pass.tape.constant(x), pass).value.values
    let tape = Tape()
    let output = encoder(tape.constant(x), Pass(store, .training, tape: tape))
    tape.backward(from: output, gradient: Pointwise.scaled(output.value, by: 1))
    OptimiserState(.sgd(), for: store).update(store, learningRate: 0.01)
    let after = encoder(pass.tape.constant(x), pass).value.values
    #expect(after != before)
    // The same weights and statistics in a network built anew.
    let (again, copy) = try ParameterStore.build(.tensors(store.tensors, file: "store")) {
      try ResNet18($0, width: 8)
    }
    let fresh = Pass.inference(copy)
    #expect(again(fresh.tape.constant(x), fresh).value.values == after)
  }

  @Test("The images' gradient in inference predicts how embeddings change")
  func imageGradient() throws {
    let (encoder, store) = try build(width: 8)
    let (x, step) = (images(2, side: 16), Float(1e-3))
    let direction = Tensor(GoldenNetwork.pixels(seed: 9, count: 2 * 64), shape: [2, 64])
    func score(_ x: Tensor) -> Double {
      let pass = Pass.inference(store)
      let output = encoder(pass.tape.constant(x), pass).value
      return zip(output.values, direction.values).map { Double($0) * Double($1) }.reduce(0, +)
    }
    let tape = Tape()
    let input = tape.input(x)
    tape.backward(from: encoder(input, Pass(store, .inference, tape: tape)), gradient: direction.copy())
    let gradient = try #require(input.gradient)
    let slope = gradient.values.map { Double($0) * Double($0) }.reduce(0, +)
    let move = Pointwise.scaled(gradient, by: step / Float(slope.squareRoot()))
    let change = score(Pointwise.sum(x, move)) - score(Pointwise.sum(x, Pointwise.scaled(move, by: -1)))
    let predicted = 2 * Double(step) * slope.squareRoot()
    #expect(abs(change / predicted - 1) < 0.05)
  }
}
