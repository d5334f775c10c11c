import Autodiff
import Foundation
import Kernels
import Networks
import TestSupport
import Testing

@testable import Contrastive

@Suite(.serialized) struct SimCLRTests {
  private let first = Tiny.views(3, "first")
  private let second = Tiny.views(3, "second")
  private let random = RandomStream(seed: 9, name: "steps")

  private func learner() throws -> SimCLR {
    let (network, store) = try Tiny.network()
    return SimCLR(SimCLRConfiguration(temperature: 0.3), network: network, store: store)
  }

  @Test("The loss is that of the double loop over all pairs of views")
  func naive() throws {
    let simclr = try learner()
    let pass = Pass(simclr.store.copy(), .training, tape: Tape(recording: false))
    let all = pass.tape.constant(Tensor.stacked([first, second]))
    let z = rows(simclr.network.project(all, pass).value).map(unit)
    var loss = 0.0
    for i in 0..<6 {
      var candidates = 0.0
      for j in 0..<6 where j != i { candidates += exp(dot(z[i], z[j]) / 0.3) }
      loss -= log(exp(dot(z[i], z[(i + 3) % 6]) / 0.3) / candidates)
    }
    let result = simclr.gradients(first: first, second: second, random: random)
    #expect(abs(Double(result.loss) - loss / 6) < 1e-4)
  }

  @Test("Exchanging the two sets of views changes neither loss nor gradients")
  func symmetric() throws {
    let simclr = try learner()
    let one = simclr.gradients(first: first, second: second, random: random)
    let gradients = simclr.store.gradients.values
    let other = simclr.gradients(first: second, second: first, random: random)
    #expect(abs(one.loss - other.loss) < 1e-5)
    #expect(one.accuracy == other.accuracy)
    let scale = gradients.map(abs).max() ?? 0
    #expect(scale > 0)
    #expect(largestDifference(gradients, simclr.store.gradients.values) < 1e-3 * scale)
  }

  @Test("Every parameter but those that batch norm cancels gets a gradient")
  func reachesAll() throws {
    let simclr = try learner()
    _ = simclr.gradients(first: first, second: second, random: random)
    for parameter in simclr.store.parameters {
      #expect(simclr.store.gradient(parameter).values.contains { $0 != 0 }, "\(parameter.name)")
    }
  }
}
