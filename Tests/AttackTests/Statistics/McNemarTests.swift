import Data
import Foundation
import Testing

@testable import Attack

@Suite struct McNemarTests {
  @Test("p is scipy's of a fair coin")
  func golden() throws {
    let cases = try PairedGolden.read().decisions
    #expect(cases.count == 6)
    for golden in cases {
      let test = McNemar(onlyFirst: golden.onlyFirst, onlySecond: golden.onlySecond)
      #expect(abs(test.p / golden.p - 1) < 1e-10, "\(test): \(test.p), not \(golden.p)")
      #expect(McNemar(onlyFirst: test.onlySecond, onlySecond: test.onlyFirst).p == test.p)
    }
  }

  @Test("Where all unlike inputs go to one attack, p is twice the chance of as many heads")
  func oneSided() {
    for count in 1...30 {
      #expect(abs(McNemar(onlyFirst: count, onlySecond: 0).p - min(1, 2 * pow(0.5, Double(count)))) < 1e-12)
    }
    #expect(McNemar(onlyFirst: 0, onlySecond: 0).p == 1)
    #expect(McNemar(onlyFirst: 7, onlySecond: 7).p == 1)
  }

  @Test(
    "Only inputs that one attack tells rightly and the other wrongly count, at each attack's own threshold")
  func counts() throws {
    let first = try MembershipScores(
      MembershipGroups(members: [5.0, 5, 0, 0], nonmembers: [0.0, 5, 0]), threshold: 5.0)
    let second = try MembershipScores(
      MembershipGroups(members: [1.0, -1, 1, -1], nonmembers: [-1.0, -1, 1]), threshold: 0.0)
    // Members: both, first, second, none. Nonmembers: both, second, first.
    #expect(McNemar(first, second) == McNemar(onlyFirst: 2, onlySecond: 2))
    #expect(McNemar(first, first) == McNemar(onlyFirst: 0, onlySecond: 0))
  }

  @Test("Equally good attacks get a p of at most alpha with a probability of at most alpha")
  func level() {
    for coins in 1...60 {
      var (chance, log) = ([Double](), -Double(coins) * Foundation.log(2.0))
      for heads in 0...coins {
        chance.append(exp(log))
        log += Foundation.log(Double(coins - heads)) - Foundation.log(Double(heads + 1))
      }
      for alpha in [0.01, 0.05, 0.2, 0.5] {
        let rejected = (0...coins).reduce(0.0) { sum, heads in
          McNemar(onlyFirst: heads, onlySecond: coins - heads).p <= alpha ? sum + chance[heads] : sum
        }
        #expect(rejected <= alpha + 1e-9, "\(coins) coins at \(alpha): \(rejected)")
      }
    }
  }
}
