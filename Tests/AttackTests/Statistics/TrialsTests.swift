import Files
import Testing

@testable import Attack

@Suite struct TrialIntervalTests {
  @Test(
    "Student's quantiles are those of the tables",
    arguments: [(1, 12.7062), (2, 4.30265), (4, 2.77645), (9, 2.26216), (29, 2.04523)])
  func quantiles(freedom: Int, expected: Double) {
    #expect(abs(StudentT.quantile(0.975, freedom: freedom) - expected) < 1e-4)
  }

  @Test("The interval of three trials is the mean, 4.303 standard errors to either side")
  func threeTrials() throws {
    let estimate = try #require(TrialInterval([0.5, 0.6, 0.7]).estimate)
    let reach = 4.30265 * 0.1 / 3.0.squareRoot()
    #expect(abs(estimate.value - 0.6) < 1e-12)
    #expect(abs(estimate.low - (0.6 - reach)) < 1e-5)
    #expect(abs(estimate.high - (0.6 + reach)) < 1e-5)
  }

  @Test("A rate's interval stays within 0 and 1")
  func clipped() throws {
    let estimate = try #require(TrialInterval([0.9, 1, 0.95], within: 0...1).estimate)
    #expect(estimate.high == 1)
    #expect(estimate.low > 0)
  }

  @Test("One trial has no interval")
  func oneTrial() { #expect(TrialInterval([0.7]).estimate == nil) }

  @Test("Equal trials have no interval: their spread is unknown")
  func equalTrials() { #expect(TrialInterval([1, 1, 1]).estimate == nil) }

  @Test("Differences are taken trial by trial, so what the trials share cancels")
  func paired() throws {
    let difference = TrialInterval([0.6, 0.9, 0.71]).minus(TrialInterval([0.5, 0.8, 0.6]))
    #expect(difference.summary.standardDeviation ?? 1 < 0.01)
    #expect(try #require(difference.estimate).isAbove(0))
  }
}
