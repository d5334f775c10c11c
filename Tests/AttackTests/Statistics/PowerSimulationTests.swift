import Data
import Networks
import Testing

@testable import Attack

@Suite struct PowerSimulationTests {
  private func simulation(distance: Double, simulations: Int = 400) throws -> PowerSimulation {
    var random = RandomStream(seed: 2, name: "power scores")
    let scores = (0..<1000).map { _ in Double(random.normal()) }
    return try PowerSimulation(
      MembershipGroups(members: scores.map { $0 + distance }, nonmembers: scores), simulations: simulations)
  }

  @Test("Of normal scores as many units are needed as the normal approximation says, but for a few")
  func closedForm() throws {
    let simulation = try simulation(distance: 1)
    for share in [1.0, 0.5] {
      let expected = try #require(simulation.normalUnits(share: share, power: 0.9))
      let found = try #require(simulation.needed(share: share))
      #expect(abs(Double(found) - expected) < 0.15 * expected + 4, "\(share): \(found), \(expected)")
    }
    // 2 · (2.326 + 1.282)² · 2 / 1² by the tables of the normal distribution.
    #expect(abs(try #require(simulation.normalUnits(share: 1, power: 0.9)) - 52.07) < 0.1)
  }

  @Test("The power grows with the units and with the share, and is the level where nothing is used")
  func monotone() throws {
    let simulation = try simulation(distance: 1, simulations: 2000)
    let (few, many) = (simulation.power(units: 20, share: 1), simulation.power(units: 40, share: 1))
    #expect(few < many && simulation.power(units: 40, share: 0.5) < many)
    for units in [40, 200] { #expect(abs(simulation.power(units: units, share: 0) - 0.01) < 0.008) }
  }

  @Test("Where members score as nonmembers do no number of units suffices")
  func hopeless() throws {
    let simulation = try simulation(distance: 0, simulations: 20)
    #expect(simulation.needed(share: 1) == nil)
    let beyond = try PowerSimulation(
      MembershipGroups(members: [1e300, -1e299], nonmembers: [1e299, -1e300]), simulations: 10)
    #expect(beyond.normalUnits(share: 1, power: 0.9)?.isFinite != true)
    _ = beyond.needed(share: 1)
    #expect(throws: EvaluationError.self) {
      try PowerSimulation(MembershipGroups(members: [], nonmembers: [1]))
    }
  }
}
