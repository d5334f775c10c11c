import Kernels
import TestSupport
import Testing

@testable import Autodiff

/// Operations with the gradients of all their inputs, as PyTorch computed them.
struct GoldenOperations {
  let golden: Golden
  /// Sums in another order differ by some units in the last place of the largest value.
  private let tolerance = 5e-6

  init(_ name: String) throws { golden = try Golden(name) }

  func check(_ name: String, _ found: Tensor?) throws {
    let expected = try golden.tensor(name)
    let error = relativeError(found?.reshaped(expected.shape), expected)
    #expect(error < tolerance, "\(name) is off by \(error) of its largest value")
  }

  /// Runs an operation on the recorded inputs of those names, and compares output and gradients.
  func check(_ name: String, _ inputs: [String], _ operation: (Tape, [Variable]) throws -> Variable) throws {
    let tape = Tape()
    let variables = try inputs.map { tape.input(try golden.tensor("\(name)/\($0)")) }
    let output = try operation(tape, variables)
    try check("\(name)/output", output.value)
    let gradient = try golden.tensor("\(name)/outputGradient")
    tape.backward(from: output, gradient: gradient.reshaped(output.value.shape))
    for (input, variable) in zip(inputs, variables) {
      try check("\(name)/\(input)Gradient", variable.gradient)
    }
  }

  /// The same, and that the values do not depend on whether the tape records.
  func checkAlsoIdle(
    _ name: String, _ inputs: [String], _ operation: (Tape, [Variable]) throws -> Variable
  ) throws {
    var recorded: [Float] = []
    try check(name, inputs) {
      let output = try operation($0, $1)
      recorded = output.value.values
      return output
    }
    let idle = Tape(recording: false)
    let again = try operation(idle, try inputs.map { idle.constant(try golden.tensor("\(name)/\($0)")) })
    #expect(again.value.values == recorded)
  }
}
