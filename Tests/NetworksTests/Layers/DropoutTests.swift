import Autodiff
import Kernels
import Testing

@testable import Networks

@Suite("Dropout") struct DropoutTests {
  private func run(_ probability: Float, _ phase: Phase, seed: UInt64 = 1) throws -> [Float] {
    let (_, store) = try fresh { try $0.parameter("unused", [1], .constant(0)) }
    let tape = Tape()
    var random = RandomStream(seed: seed, name: "dropout")
    let ones = Tensor([Float](repeating: 1, count: 10_000), shape: [100, 100])
    return Dropout(probability)(tape.constant(ones), Pass(store, phase, tape: tape), random: &random)
      .value.values
  }

  @Test("In inference nothing is dropped")
  func inference() throws {
    #expect(try run(0.5, .inference).allSatisfy { $0 == 1 })
  }

  @Test(
    "In training the asked share is dropped and the rest scaled so that the mean stays",
    arguments: [0.1, 0.5, 0.8])
  func training(probability: Float) throws {
    let output = try run(probability, .training)
    let share = Float(output.count { $0 == 0 }) / 10_000
    // Five standard deviations of a binomial share of 10,000.
    #expect(abs(share - probability) < 5 * (probability * (1 - probability)).squareRoot() / 100)
    #expect(output.allSatisfy { $0 == 0 || abs($0 - 1 / (1 - probability)) < 1e-5 })
  }

  @Test("The same stream drops the same values, another drops others")
  func seeds() throws {
    #expect(try run(0.5, .training, seed: 1) == run(0.5, .training, seed: 1))
    #expect(try run(0.5, .training, seed: 1) != run(0.5, .training, seed: 2))
  }
}
