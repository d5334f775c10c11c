import Kernels
import TestSupport
import Testing

@testable import Autodiff

@Suite("Activations on the tape") struct ActivationsTests {
  @Test("A reshaped variable hands its gradient back in the old shape, also from blocked layout")
  func reshaped() {
    let tape = Tape()
    let images = tape.input(sample([2, 5, 4, 4]))
    let pooled = tape.maxPool2x2(images)
    let flat = tape.reshaped(pooled, [2, 20])
    #expect(flat.value.values == pooled.value.values)
    let direction = sample([2, 20], seed: 2)
    tape.backward(from: flat, gradient: direction.copy())
    let sum = direction.values.reduce(0, +)
    #expect(images.gradient?.shape == [2, 5, 4, 4])
    #expect(abs((images.gradient?.values.reduce(0, +) ?? 0) - sum) < 1e-4)
  }

  @Test("A mask of zeros stops the gradient")
  func masked() {
    let tape = Tape()
    let input = tape.input(Tensor([1, 2, 3], shape: [3]))
    tape.backward(
      from: tape.masked(input, by: Tensor([0, 2, 1], shape: [3])), gradient: Tensor([5, 5, 5], shape: [3]))
    #expect(input.gradient?.values == [0, 10, 5])
  }
}
