import Kernels
import TestSupport
import Testing

@testable import Autodiff

@Suite("Tape") struct TapeTests {
  private let x = Tensor([1, -2, 3], shape: [3])

  private func backward(_ tape: Tape, _ output: Variable) {
    tape.backward(from: output, gradient: Tensor([1, 10, 100], shape: [3]))
  }

  @Test("A variable that is used twice gets the sum of both gradients")
  func twice() {
    let tape = Tape()
    let input = tape.input(x)
    backward(tape, tape.sum(tape.scaled(input, by: 2), tape.scaled(input, by: 3)))
    #expect(input.gradient?.values == [5, 50, 500])
  }

  @Test("A variable that is used three and four times gets the sum of all gradients")
  func manyTimes() {
    let tape = Tape()
    let input = tape.input(x)
    let three = tape.sum(tape.sum(tape.scaled(input, by: 2), tape.scaled(input, by: 3)), input)
    backward(tape, tape.sum(three, tape.scaled(input, by: -1)))
    #expect(input.gradient?.values == [5, 50, 500])
  }

  @Test("An inner variable that is used three times passes the sum of all gradients on")
  func innerVariable() {
    let tape = Tape()
    let input = tape.input(x)
    let inner = tape.relu(input)
    let sum = tape.sum(
      tape.sum(tape.scaled(inner, by: 2), tape.scaled(inner, by: 3)), tape.scaled(inner, by: 4))
    backward(tape, sum)
    #expect(input.gradient?.values == [9, 0, 900])
  }

  @Test("A variable added to itself gets its gradient twice")
  func addedToItself() {
    let tape = Tape()
    let input = tape.input(x)
    backward(tape, tape.sum(input, input))
    #expect(input.gradient?.values == [2, 20, 200])
  }

  @Test("A parameter's gradient is added to what is there")
  func parameter() {
    let tape = Tape()
    let gradient = Tensor([7, 7, 7], shape: [3])
    let parameter = tape.parameter(x, gradient: gradient)
    backward(tape, tape.sum(tape.scaled(parameter, by: 2), parameter))
    #expect(gradient.values == [10, 37, 307])
  }

  @Test("Constants get no gradient")
  func constant() {
    let tape = Tape()
    let (constant, input) = (tape.constant(x), tape.input(x))
    backward(tape, tape.sum(constant, input))
    #expect(constant.gradient == nil)
    #expect(input.gradient?.values == [1, 10, 100])
  }

  @Test("What depends on constants alone is not tracked")
  func untracked() {
    let tape = Tape()
    #expect(!tape.relu(tape.constant(x)).isTracked)
    #expect(tape.relu(tape.input(x)).isTracked)
  }

  @Test("A tape that does not record computes the same and keeps nothing")
  func notRecording() {
    weak var kept: Variable?
    let tape = Tape(recording: false)
    let output: Tensor
    do {
      let inner = tape.tanh(tape.input(x))
      kept = inner
      output = tape.scaled(inner, by: 2).value
      #expect(!inner.isTracked)
    }
    #expect(kept == nil)
    let recording = Tape()
    #expect(output.values == recording.scaled(recording.tanh(recording.input(x)), by: 2).value.values)
  }

  @Test("A tape is empty after its backward pass")
  func emptied() {
    weak var kept: Variable?
    let tape = Tape()
    do {
      let inner = tape.tanh(tape.input(x))
      kept = inner
      backward(tape, tape.scaled(inner, by: 2))
    }
    #expect(kept == nil)
  }

  @Test("Operations that the output does not depend on run no backward rule")
  func unrelated() {
    let tape = Tape()
    let (input, other) = (tape.input(x), tape.input(x))
    let output = tape.scaled(input, by: 2)
    _ = tape.scaled(other, by: 3)
    backward(tape, output)
    #expect(input.gradient?.values == [2, 20, 200])
    #expect(other.gradient == nil)
  }

  @Test("A backward pass leaves the values of all variables as they were")
  func valuesStay() {
    let tape = Tape()
    let images = tape.input(sample([4, 5, 6, 6]))
    let weight = tape.input(sample([7, 5, 3, 3]))
    let (gain, shift) = (tape.input(sample([7], seed: 2)), tape.input(sample([7], seed: 3)))
    let (hidden, _) = tape.convolutionNorm(
      images, weight: weight, stride: 1, padding: 1, gain: gain, shift: shift, statistics: .batch(groups: 2))
    let (output, _) = tape.batchNorm(
      hidden, gain: gain, shift: shift, statistics: .batch(groups: 1), residual: hidden, relu: true)
    let pooled = tape.maxPool2x2(output)
    let variables = [images, weight, gain, shift, hidden, output, pooled]
    let before = variables.map(\.value.values)
    tape.backward(from: pooled, gradient: sample([4, 7, 3, 3]))
    #expect(variables.map(\.value.values) == before)
  }
}
