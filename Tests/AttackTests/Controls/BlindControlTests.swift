import Data
import Networks
import Testing

@testable import Attack

@Suite struct BlindControlTests {
  /// Images of noise around a brightness.
  private func images(_ count: Int, brightness: Int, _ name: String) -> [ImageStatistics] {
    (0..<count).map { index in
      var stream = RandomStream(seed: 9, name: name).substream(index)
      let planes = (0..<(3 * 8 * 8)).map { _ in UInt8(brightness + stream.integer(below: 60)) }
      return ImageStatistics(planes: planes, height: 8, width: 8)
    }
  }

  private func metrics(
    _ control: BlindControl, _ target: MembershipGroups<[ImageStatistics]>
  ) throws -> AttackMetrics {
    AttackMetrics(
      name: BlindControl.name, scores: try MembershipScores(target.map(control.scores), threshold: 0))
  }

  @Test("groups of one distribution are at chance")
  func negativeControl() throws {
    let shadow = MembershipGroups(
      members: images(150, brightness: 90, "a"), nonmembers: images(150, brightness: 90, "b"))
    let target = MembershipGroups(
      members: images(150, brightness: 90, "c"), nonmembers: images(150, brightness: 90, "d"))
    let metrics = try metrics(BlindControl(shadow: shadow), target)
    #expect(metrics.auc.covers(0.5) && !metrics.beatsChance)
  }

  @Test("groups that differ in brightness are told apart without an encoder")
  func positiveControl() throws {
    let shadow = MembershipGroups(
      members: images(60, brightness: 120, "a"), nonmembers: images(60, brightness: 90, "b"))
    let target = MembershipGroups(
      members: images(60, brightness: 120, "c"), nonmembers: images(60, brightness: 90, "d"))
    let metrics = try metrics(BlindControl(shadow: shadow), target)
    #expect(metrics.auc.value > 0.99 && metrics.beatsChance)
  }
}
