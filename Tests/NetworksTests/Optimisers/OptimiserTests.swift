import Files
import Foundation
import Testing

@testable import Networks

struct OptimiserTests {
  @Test(
    "Every rule survives JSON",
    arguments: [
      Optimiser.sgd(momentum: 0.9, weightDecay: 5e-4, nesterov: true), .adam(weightDecay: 1e-6),
      .adamW(weightDecay: 0.1, sparesGains: true),
    ])
  func codable(optimiser: Optimiser) throws {
    let data = try Configuration.encode(optimiser)
    #expect(try Configuration.decode(Optimiser.self, from: data, file: "o.json") == optimiser)
  }

  @Test("A constant out of range is named with its path and the file")
  func validates() throws {
    let data = Data(#"{"sgd": {"momentum": 1.5, "weightDecay": 0, "nesterov": false}}"#.utf8)
    #expect(
      throws: ConfigurationError.invalidValue(
        file: "o.json", path: "sgd.momentum", reason: "found 1.5, but it must be in [0, 1)")
    ) { try Configuration.decode(Optimiser.self, from: data, file: "o.json") }
  }

  @Test(
    "Constants out of range are refused",
    arguments: [
      Optimiser.sgd(momentum: -0.1), .sgd(weightDecay: -1), .adam(beta1: 1), .adam(beta2: .nan),
      .adam(epsilon: 0),
      .adamW(weightDecay: .infinity),
    ])
  func refuses(optimiser: Optimiser) {
    #expect(throws: InvalidSetting.self) { try optimiser.validate() }
  }
}
