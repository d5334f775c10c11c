import Files
import Foundation
import TestSupport
import Testing

@testable import Networks

struct ScheduleTests {
  @Test("The cosine equals PyTorch's CosineAnnealingLR and ends at 0")
  func cosine() throws {
    let expected = try Golden("optimisers").values("cosine/learningRates")
    let rate = Schedule.cosine.rates(base: 0.06, steps: 10)
    #expect(largestDifference((0...10).map { Float(rate($0)) }, expected) < 1e-8)
    #expect(rate(10) == 0)
  }

  @Test("Warm-up grows in equal parts to the base rate, and the cosine follows")
  func warmUp() {
    let rate = Schedule.warmUpCosine(warmUp: 0.4).rates(base: 1, steps: 10)
    #expect((0..<4).map(rate) == [0.25, 0.5, 0.75, 1])
    #expect(rate(4) == 1)
    #expect(abs(rate(7) - 0.5) < 1e-12)
    #expect(rate(10) == 0)
  }

  @Test("Without warm-up steps the warm-up schedule is the cosine")
  func noWarmUp() {
    let (a, b) = (
      Schedule.warmUpCosine(warmUp: 0).rates(base: 1, steps: 7), Schedule.cosine.rates(base: 1, steps: 7)
    )
    #expect((0..<7).map(a) == (0..<7).map(b))
  }

  @Test("Step decay multiplies at its milestones and is constant between them")
  func stepDecay() {
    let rate = Schedule.stepDecay(milestones: [0.5, 0.75], factor: 0.5).rates(base: 8, steps: 8)
    #expect((0..<8).map(rate) == [8, 8, 8, 8, 4, 4, 2, 2])
  }

  @Test("The constant schedule is constant")
  func constant() {
    #expect((0..<3).map(Schedule.constant.rates(base: 0.1, steps: 3)) == [0.1, 0.1, 0.1])
  }

  @Test(
    "Every schedule survives JSON",
    arguments: [
      Schedule.constant, .cosine, .warmUpCosine(warmUp: 0.1), .stepDecay(milestones: [0.6, 0.8]),
    ])
  func codable(schedule: Schedule) throws {
    let data = try Configuration.encode(schedule)
    #expect(try Configuration.decode(Schedule.self, from: data, file: "s.json") == schedule)
  }

  @Test(
    "Fractions outside their range are refused",
    arguments: [
      Schedule.warmUpCosine(warmUp: 1), .warmUpCosine(warmUp: -0.1), .stepDecay(milestones: [2]),
      .stepDecay(milestones: [0.5], factor: 0),
    ])
  func refuses(schedule: Schedule) {
    #expect(throws: InvalidSetting.self) { try schedule.validate() }
  }
}
