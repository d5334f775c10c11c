import Data
import Networks
import Testing

@testable import Attack

@Suite struct MixtureProportionTests {
  private func normals(_ count: Int, mean: Double, _ random: inout RandomStream) -> [Double] {
    (0..<count).map { _ in mean + Double(random.normal()) }
  }

  @Test(
    "Where the densities have nothing in common the share is the share, at any scale of the target's scores")
  func apart() throws {
    var random = RandomStream(seed: 1, name: "apart")
    let shadow = MembershipGroups(
      members: normals(200, mean: 40, &random), nonmembers: normals(200, mean: 0, &random))
    for used in [0, 30, 100] {
      // The target's scores are a tenth as wide and lie elsewhere.
      let works = normals(used, mean: 40, &random) + normals(100 - used, mean: 0, &random)
      let share = MixtureProportion.share(
        works.map { 7 + $0 / 10 }, nonmembers: normals(500, mean: 0, &random).map { 7 + $0 / 10 },
        shadow: shadow)
      #expect(abs(share - Double(used) / 100) < 0.01, "\(used): \(share)")
    }
  }

  @Test("Where the densities overlap the mean of many estimates is the share but for a few hundredths")
  func bias() {
    for used in [0.1, 0.5, 1] {
      var random = RandomStream(seed: UInt64(100 * used), name: "overlap")
      let shares = (0..<60).map { _ -> Double in
        let count = Int(200 * used)
        let shadow = MembershipGroups(
          members: normals(250, mean: 2, &random), nonmembers: normals(250, mean: 0, &random))
        return MixtureProportion.share(
          normals(count, mean: 2, &random) + normals(200 - count, mean: 0, &random),
          nonmembers: normals(200, mean: 0, &random), shadow: shadow)
      }
      let mean = shares.reduce(0, +) / Double(shares.count)
      #expect(abs(mean - used) < 0.05, "\(used): \(mean)")
    }
  }

  @Test("Members that score higher than any of the shadow's are told as well")
  func beyond() {
    var random = RandomStream(seed: 6, name: "beyond")
    let shadow = MembershipGroups(
      members: normals(100, mean: 15, &random).map { $0 / 5 }, nonmembers: normals(100, mean: 0, &random))
    let works = normals(50, mean: 30, &random).map { $0 / 5 } + normals(50, mean: 0, &random)
    let share = MixtureProportion.share(works, nonmembers: normals(100, mean: 0, &random), shadow: shadow)
    #expect(abs(share - 0.5) < 0.05, "\(share)")
  }

  @Test("The interval holds the share, and densities that hardly differ are said to")
  func interval() throws {
    var random = RandomStream(seed: 5, name: "interval")
    func made(_ distance: Double) throws -> MixtureProportion {
      let works = normals(60, mean: distance, &random) + normals(60, mean: 0, &random)
      return try MixtureProportion(
        of: works.map { [$0] }, nonmembers: normals(120, mean: 0, &random).map { [$0] },
        shadow: MembershipGroups(
          members: normals(200, mean: distance, &random), nonmembers: normals(200, mean: 0, &random)),
        replicates: 100)
    }
    let clear = try made(2.5)
    #expect(clear.share.covers(0.5) && clear.share.high - clear.share.low < 0.5 && clear.isTold, "\(clear)")
    let blurred = try made(0.1)
    #expect(!blurred.isTold && blurred.share.high - blurred.share.low > 0.5, "\(blurred)")
  }
}
